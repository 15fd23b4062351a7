import Testing

@testable import ActivationStatistics

@Suite struct WireFormTests {
  private static let seed: UInt64 = 9_000

  @Test func everyHistogramComesBack() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for size in [0, 1, 2, 50, 5_000, 200_000] {
      let histogram = HistogramTests.histogram(
        HistogramTests.values(size, using: &generator))
      let bytes = histogram.encoded()
      let copy = try ActivationHistogram(decoding: bytes)
      #expect(copy == histogram)
      #expect(copy.encoded() == bytes)
    }
  }

  @Test func theFormIsPinned() {
    let bytes = HistogramTests.histogram([1, 1, .nan]).encoded()
    // 1 has the pattern 3F80, ordinal 7F80 + 3F80 = BF00: varint 80 FE 02.
    #expect(
      bytes == [
        0x4E, 0x4E, 0x41, 0x48, 1, 1, 0, 0, 1, 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x3F, 0x80, 0xFE,
        0x02, 2,
      ])
  }

  private let header: [UInt8] = [0x4E, 0x4E, 0x41, 0x48, 1]
  private let one: [UInt8] = [0, 0, 0x80, 0x3F]
  private let two: [UInt8] = [0, 0, 0, 0x40]

  private func rejected(_ bytes: [UInt8]) -> String? {
    do {
      _ = try ActivationHistogram(decoding: bytes)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func everyTruncationIsRejected() {
    let bytes = HistogramTests.histogram([-4, 1, 1, 2, .nan, 300]).encoded()
    for length in bytes.indices {
      #expect(rejected(Array(bytes.prefix(length)))?.contains("cut off") == true, "\(length)")
    }
    #expect(rejected(bytes + [0])?.contains("after the end") == true)
  }

  @Test func liesAreRejected() {
    let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    #expect(rejected([0x4E, 0x4E, 0x41, 0x49, 1, 0, 0, 0, 0])?.contains("no histogram") == true)
    #expect(rejected([0x4E, 0x4E, 0x41, 0x48, 2, 0, 0, 0, 0])?.contains("version") == true)
    #expect(rejected(header + huge + [0x01, 0, 0, 0])?.contains("2^62") == true)
    #expect(rejected(header + huge + [0x02, 0, 0, 0])?.contains("64 bits") == true)
    #expect(rejected(header + [0x80, 0x00, 0, 0, 0])?.contains("shortest") == true)
    #expect(rejected(header + [0, 0, 0] + huge + [0x01])?.contains("buckets") == true)
    let bucket: [UInt8] = [0x80, 0xFE, 0x02]
    let single = header + [0, 0, 0, 1]
    #expect(rejected(single + one + one + bucket + [1]) == nil)
    #expect(rejected(single + one + one + bucket + [0])?.contains("empty bucket") == true)
    #expect(rejected(single + one + two + bucket + [1])?.contains("contradict") == true)
    #expect(rejected(single + two + two + bucket + [1])?.contains("contradict") == true)
    #expect(
      rejected(single + one + [1, 0, 0x80, 0x3F] + bucket + [1])?.contains("contradict") == true)
    #expect(rejected(single + one + [1, 0, 0x80, 0x3F] + bucket + [2]) == nil)
    #expect(
      rejected(single + [1, 0, 0x80, 0x3F] + one + bucket + [2])?.contains("contradict") == true)
    #expect(rejected(single + [0, 0, 0, 0x80] + one + bucket + [1])?.contains("finite") == true)
    #expect(rejected(single + one + [0, 0, 0x80, 0x7F] + bucket + [1])?.contains("finite") == true)
    #expect(
      rejected(single + one + one + [0x80, 0xFE, 0x7F] + [1])?.contains("beyond the last") == true)
    #expect(
      rejected(header + [0, 0, 0, 2] + one + two + bucket + [1] + huge + [0x01, 1])?
        .contains("beyond the last") == true)
    #expect(rejected([UInt8](repeating: 0, count: 2_000_000))?.contains("more than") == true)
  }

  @Test func mergingBeyondTheLimitChangesNothing() throws {
    // 2^62 times the value 1: a varint of nine bytes.
    let most: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40]
    let full = try ActivationHistogram(
      decoding: header + [0, 0, 0, 1] + one + one + [0x80, 0xFE, 0x02] + most)
    #expect(full.count == 1 << 62)
    #expect(full.range(percentile: 50) == 1...1)
    var sum = full
    #expect(throws: HistogramError.tooManyValues) {
      try sum.merge(HistogramTests.histogram([2]))
    }
    #expect(sum == full)
  }

  @Test func mutationsAreRejectedOrGiveAValidHistogram() throws {
    var generator = SeededGenerator(seed: Self.seed &+ 1)
    let original = HistogramTests.histogram(HistogramTests.values(60, using: &generator)).encoded()
    for round in 0..<20_000 {
      var bytes = original
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0...3, using: &generator) {
        case 0: bytes[index] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 2: bytes.remove(at: index)
        default: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: index)
        }
      }
      guard let histogram = try? ActivationHistogram(decoding: bytes) else { continue }
      #expect(histogram.encoded() == bytes, "seed \(Self.seed), round \(round)")
      _ = histogram.range(percentile: 99)
    }
  }
}
