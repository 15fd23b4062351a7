/// Reads bytes that cannot be trusted, front to back.
struct WireReader {
  private let source: [UInt8]
  private var offset = 0

  init(bytes: [UInt8]) { source = bytes }

  var isAtEnd: Bool { offset == source.count }

  func malformed(_ reason: String) -> HistogramError {
    .malformed(offset: offset, reason: reason)
  }

  mutating func bytes(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= source.count - offset else { throw malformed("cut off") }
    defer { offset += count }
    return source[offset..<offset + count]
  }

  /// A finite float32 other than −0.
  mutating func value() throws -> Float {
    let pattern = try bytes(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let value = Float(bitPattern: pattern)
    guard value.isFinite, pattern != 0x8000_0000 else {
      throw malformed("minimum and maximum must be finite and not −0")
    }
    return value
  }

  mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = try bytes(1).first else { throw malformed("cut off") }
      guard shift < 63 || byte <= 1 else { throw malformed("a number above 64 bits") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        guard byte > 0 || shift == 0 else { throw malformed("a number not in shortest form") }
        return value
      }
    }
    throw malformed("a number above 64 bits")
  }
}

extension [UInt8] {
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func append(pattern: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      append(UInt8(truncatingIfNeeded: pattern >> shift))
    }
  }
}
