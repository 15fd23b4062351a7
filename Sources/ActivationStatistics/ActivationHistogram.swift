import CKernels

/// What a site received: one integer counter per bfloat16 value.
///
/// The counter of a value is the upper 16 bits of its float32 pattern, so there is no range to
/// guess and the relative resolution is 2⁻⁷ everywhere. Merging is integer addition: exact,
/// associative and commutative, whatever the shards and their order.
public struct ActivationHistogram: Hashable, Sendable {
  /// The most values that one histogram holds; beyond it ``merge(_:)`` and decoding refuse.
  public static let maximumTotal: UInt64 = 1 << 62

  /// Empty until the first value, then 65 536, by pattern.
  var counters: [UInt64] = []
  /// +∞ and −∞ while there is no finite value.
  var extrema = histogram_extrema(minimum: .infinity, maximum: -.infinity)

  /// Finite values.
  public internal(set) var count: UInt64 = 0

  public init() {}

  public var nanCount: UInt64 { counter(Pattern.nan) }
  public var positiveInfinityCount: UInt64 { counter(Pattern.positiveInfinity) }
  public var negativeInfinityCount: UInt64 { counter(Pattern.negativeInfinity) }

  /// The smallest finite value, exact; nil when there is none.
  public var minimum: Float? { count > 0 ? extrema.minimum : nil }
  /// The largest finite value, exact; nil when there is none.
  public var maximum: Float? { count > 0 ? extrema.maximum : nil }

  /// All values, NaN and infinities among them; at most ``maximumTotal``.
  var total: UInt64 { count + nonFiniteCount }

  private var nonFiniteCount: UInt64 {
    nanCount + positiveInfinityCount + negativeInfinityCount
  }

  private func counter(_ pattern: Int) -> UInt64 { counters.isEmpty ? 0 : counters[pattern] }

  /// Adds values. −0 counts as +0.
  public mutating func record(_ values: UnsafeBufferPointer<Float>) {
    guard let address = values.baseAddress, !values.isEmpty else { return }
    if counters.isEmpty { counters = [UInt64](repeating: 0, count: Pattern.count) }
    let before = nonFiniteCount
    counters.withUnsafeMutableBufferPointer {
      histogram_record($0.baseAddress, address, values.count, &extrema)
    }
    count += UInt64(values.count) - (nonFiniteCount - before)
  }

  /// Adds what another histogram counted.
  ///
  /// - Throws: ``HistogramError/tooManyValues`` when both together hold more than
  ///   ``maximumTotal``; then nothing has changed.
  public mutating func merge(_ other: ActivationHistogram) throws {
    guard total + other.total <= Self.maximumTotal else { throw HistogramError.tooManyValues }
    guard !other.counters.isEmpty else { return }
    if counters.isEmpty {
      self = other
      return
    }
    for pattern in counters.indices { counters[pattern] += other.counters[pattern] }
    count += other.count
    extrema.minimum = min(extrema.minimum, other.extrema.minimum)
    extrema.maximum = max(extrema.maximum, other.extrema.maximum)
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.extrema.minimum == right.extrema.minimum
      && left.extrema.maximum == right.extrema.maximum && left.counters == right.counters
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    hasher.combine(extrema.minimum)
    hasher.combine(extrema.maximum)
    hasher.combine(counters)
  }
}
