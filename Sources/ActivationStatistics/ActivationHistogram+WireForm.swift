import CKernels

// The wire form, version 1. A varint is little-endian base 128, in its shortest form.
//
//     "NNAH", 1                            magic and version
//     varint × 3                           NaN, +∞ and −∞ counts
//     varint                               occupied buckets B, at most 65 280
//     if B > 0:
//       4 bytes, 4 bytes                   patterns of minimum and maximum, little-endian
//       B × (varint, varint)               gap to the bucket before (the first: its ordinal;
//                                          neighbours: 0) and count, at least 1
//
// One histogram has one wire form, so equal histograms have equal digests.

extension ActivationHistogram {
  static let magic: [UInt8] = Array("NNAH".utf8)
  static let version: UInt8 = 1
  /// Longer than any valid form: 65 280 buckets of at most 13 bytes.
  static let maximumEncodedSize = 1 << 20

  /// The wire form: occupied buckets only.
  public func encoded() -> [UInt8] {
    let occupied = occupied
    var bytes = Self.magic + [Self.version]
    for value in [nanCount, positiveInfinityCount, negativeInfinityCount, UInt64(occupied.count)] {
      bytes.appendVarint(value)
    }
    guard !occupied.isEmpty else { return bytes }
    bytes.append(pattern: extrema.minimum.bitPattern)
    bytes.append(pattern: extrema.maximum.bitPattern)
    var next = 0
    for (ordinal, count) in occupied {
      bytes.appendVarint(UInt64(ordinal - next))
      bytes.appendVarint(count)
      next = ordinal + 1
    }
    return bytes
  }

  /// Reads the wire form.
  ///
  /// - Throws: ``HistogramError`` when the bytes are cut off, too long, of another version, not in
  ///   their one valid form, or contradict themselves.
  public init(decoding bytes: [UInt8]) throws {
    var reader = WireReader(bytes: bytes)
    guard bytes.count <= Self.maximumEncodedSize else {
      throw reader.malformed("\(bytes.count) bytes, more than \(Self.maximumEncodedSize)")
    }
    guard try reader.bytes(4) == Self.magic[...] else { throw reader.malformed("no histogram") }
    guard try reader.bytes(1).first == Self.version else {
      throw reader.malformed("unknown version, this program reads version \(Self.version)")
    }
    var counters = [UInt64](repeating: 0, count: Pattern.count)
    for pattern in [Pattern.nan, Pattern.positiveInfinity, Pattern.negativeInfinity] {
      counters[pattern] = try reader.varint()
    }
    let occupied = try reader.varint()
    guard occupied <= UInt64(Pattern.finiteCount) else {
      throw reader.malformed("\(occupied) buckets, more than there are")
    }
    if occupied > 0 {
      (extrema, count) = try Self.readBuckets(Int(occupied), from: &reader, into: &counters)
    }
    guard reader.isAtEnd else { throw reader.malformed("bytes after the end") }
    let total = try Self.sum(counters)
    if total > 0 { self.counters = counters }
  }

  /// Reads minimum, maximum and `occupied` buckets, at least one.
  private static func readBuckets(
    _ occupied: Int, from reader: inout WireReader, into counters: inout [UInt64]
  ) throws -> (extrema: histogram_extrema, count: UInt64) {
    let minimum = try reader.value()
    let maximum = try reader.value()
    var ordinals: [Int] = []
    var counts: [UInt64] = []
    for _ in 0..<occupied {
      let next = (ordinals.last ?? -1) + 1
      let gap = try reader.varint()
      guard gap < UInt64(Pattern.finiteCount - next) else {
        throw reader.malformed("a bucket beyond the last one")
      }
      let count = try reader.varint()
      guard count > 0 else { throw reader.malformed("an empty bucket") }
      counters[Pattern.of(ordinal: next + Int(gap))] = count
      ordinals.append(next + Int(gap))
      counts.append(count)
    }
    let count = try sum(counts)
    guard Pattern.ordinal(of: minimum) == ordinals.first,
      Pattern.ordinal(of: maximum) == ordinals.last, minimum <= maximum,
      count > 1 || minimum == maximum
    else { throw reader.malformed("minimum and maximum contradict the buckets") }
    return (histogram_extrema(minimum: minimum, maximum: maximum), count)
  }

  /// - Throws: ``HistogramError/tooManyValues`` when the sum is above ``maximumTotal``.
  private static func sum(_ counts: [UInt64]) throws -> UInt64 {
    try counts.reduce(0) { sum, count in
      guard count <= maximumTotal - sum else { throw HistogramError.tooManyValues }
      return sum + count
    }
  }
}
