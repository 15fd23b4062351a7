import Testing

@testable import ActivationStatistics

@Suite struct HistogramTests {
  private static let seed: UInt64 = 4242

  static func histogram(_ values: [Float]) -> ActivationHistogram {
    var histogram = ActivationHistogram()
    values.withUnsafeBufferPointer { histogram.record($0) }
    return histogram
  }

  /// Any pattern, NaN and infinities too, mixed with activations as a model has them.
  static func values(_ count: Int, using generator: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in
      Bool.random(using: &generator)
        ? Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
        : Float.random(in: -20...5, using: &generator)
    }
  }

  @Test func anEmptyHistogramSaysNothing() {
    var empty = ActivationHistogram()
    [].withUnsafeBufferPointer { empty.record($0) }
    #expect(empty == ActivationHistogram())
    #expect(empty.count == 0 && empty.minimum == nil && empty.maximum == nil)
    #expect(empty.buckets.isEmpty && empty.range(percentile: 100) == nil)
  }

  @Test func countsEachKindOfValue() {
    let histogram = Self.histogram([
      1, 1.001, -0.0, 0, .nan, -.nan, Float(bitPattern: 0x7F80_0001), .infinity, -.infinity,
      -.infinity, -3.5,
    ])
    #expect(histogram.count == 5)
    #expect(histogram.nanCount == 3)
    #expect(histogram.positiveInfinityCount == 1)
    #expect(histogram.negativeInfinityCount == 2)
    #expect(histogram.minimum == -3.5 && histogram.maximum == 1.001)
    #expect(histogram.buckets.map(\.count) == [1, 2, 2])
  }

  @Test func minusZeroIsZero() {
    let histogram = Self.histogram([-0.0])
    #expect(histogram == Self.histogram([0]))
    #expect(histogram.minimum?.sign == .plus)
    #expect(histogram.buckets == [Bucket(lower: 0, upper: 0, count: 1)])
  }

  @Test func onlyNonFiniteValues() {
    let histogram = Self.histogram([.nan, .infinity])
    #expect(histogram.count == 0 && histogram.minimum == nil && histogram.buckets.isEmpty)
    #expect(histogram.nanCount == 1 && histogram.positiveInfinityCount == 1)
  }

  @Test func agreesWithAStraightCount() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for size in [1, 7, 255, 256, 257, 50_000] {
      let values = Self.values(size, using: &generator)
      let histogram = Self.histogram(values)
      let finite = values.filter(\.isFinite)
      #expect(histogram.count == UInt64(finite.count))
      #expect(histogram.nanCount == UInt64(values.count(where: \.isNaN)))
      #expect(histogram.minimum == finite.min() && histogram.maximum == finite.max())

      let expected = Dictionary(
        finite.map { ($0 == 0 ? 0 : $0.bitPattern >> 16, UInt64(1)) }, uniquingKeysWith: +)
      let buckets = histogram.buckets
      #expect(buckets.count == expected.count)
      #expect(buckets.map(\.count).sorted() == expected.values.sorted())
      for bucket in buckets {
        #expect(bucket.lower <= bucket.upper)
        if size < 1_000 {
          #expect(bucket.count == UInt64(finite.count { Self.holds(bucket, $0) }))
        }
      }
      for (one, next) in zip(buckets, buckets.dropFirst()) { #expect(one.upper <= next.lower) }
    }
  }

  /// Positive buckets hold their lower edge, negative ones their upper edge.
  private static func holds(_ bucket: Bucket, _ value: Float) -> Bool {
    let pattern = value == 0 ? 0 : value.bitPattern >> 16
    let inside = bucket.lower + (bucket.upper - bucket.lower) / 2
    return pattern == (inside == 0 ? 0 : inside.bitPattern >> 16)
  }

  @Test func bucketsCoverTheNumberLine() {
    #expect(Pattern.bounds(ordinal: 0).lower == -.greatestFiniteMagnitude)
    #expect(Pattern.bounds(ordinal: Pattern.finiteCount - 1).upper == .greatestFiniteMagnitude)
    for ordinal in 1..<Pattern.finiteCount {
      let (lower, upper) = Pattern.bounds(ordinal: ordinal)
      #expect(lower < upper && Pattern.bounds(ordinal: ordinal - 1).upper == lower)
    }
    for value: Float in [0, 1, -1, 3e38, -3e38, 0x1p-140, -0x1p-140] {
      let (lower, upper) = Pattern.bounds(ordinal: Pattern.ordinal(of: value))
      #expect(lower <= value && value <= upper)
    }
  }

  @Test func edgeBucketsAreClippedToTheExactRange() {
    let buckets = Self.histogram([-1.0039, -1.001, 2.003, 2.0041, 100]).buckets
    #expect(buckets.first?.lower == -1.0039)
    #expect(buckets.last == Bucket(lower: 100, upper: 100, count: 1))
  }

  @Test func mergingIsExactInAnyOrder() throws {
    var generator = SeededGenerator(seed: Self.seed &+ 1)
    for _ in 0..<20 {
      let parts = (0..<4).map { _ in
        Self.values(Int.random(in: 0...600, using: &generator), using: &generator)
      }
      let whole = Self.histogram(parts.flatMap(\.self))
      let shards = parts.map(Self.histogram)
      func merged(_ order: [Int]) throws -> ActivationHistogram {
        var sum = ActivationHistogram()
        for index in order { try sum.merge(shards[index]) }
        return sum
      }
      #expect(try merged([0, 1, 2, 3]) == whole)
      #expect(try merged([3, 1, 0, 2]) == whole)
      var left = shards[0]
      try left.merge(shards[1])
      var right = shards[2]
      try right.merge(shards[3])
      try right.merge(left)
      #expect(right == whole && right.hashValue == whole.hashValue)
    }
  }

  @Test func percentilesAreTwoSidedRanks() {
    // 100 values, an eighth of an octave apart, each in a bucket of its own.
    let values = (0..<100).map {
      Float(sign: .plus, exponent: $0 / 8, significand: 1 + Float($0 % 8) / 8)
    }
    let histogram = Self.histogram(values)
    #expect(histogram.range(percentile: 100) == values[0]...values[99])
    #expect(histogram.range(percentile: 98.001)?.lowerBound == values[0])
    #expect(histogram.range(percentile: 98)?.lowerBound == values[1])
    #expect(histogram.range(percentile: 90)?.lowerBound == values[5])
    let upper = histogram.range(percentile: 90)?.upperBound ?? 0
    #expect(upper >= values[94] && upper < values[95])
    for percentile in [0, -1, 100.5, .nan, .infinity] {
      #expect(histogram.range(percentile: percentile) == nil)
    }
    #expect(histogram.range(percentile: 1e-9) != nil)
  }
}
