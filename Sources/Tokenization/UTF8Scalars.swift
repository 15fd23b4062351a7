/// UTF-8 in spans of bytes that came out of a `String`, so that they are valid.
enum UTF8Scalars {
  /// The scalar that begins at `position`, and where the next one does.
  @inline(__always)
  static func scalar(in text: Span<UInt8>, at position: Int) -> (scalar: UInt32, next: Int) {
    let lead = UInt32(text[position])
    switch lead {
    case ..<0x80: return (lead, position + 1)
    case ..<0xE0:
      return ((lead & 0x1F) << 6 | trail(text, position + 1), position + 2)
    case ..<0xF0:
      return (
        (lead & 0x0F) << 12 | trail(text, position + 1) << 6 | trail(text, position + 2),
        position + 3
      )
    default:
      return (
        (lead & 0x07) << 18 | trail(text, position + 1) << 12 | trail(text, position + 2) << 6
          | trail(text, position + 3), position + 4
      )
    }
  }

  @inline(__always)
  private static func trail(_ text: Span<UInt8>, _ position: Int) -> UInt32 {
    UInt32(text[position] & 0x3F)
  }

  /// The scalar that ends before `position`, which is above 0.
  static func scalar(in text: Span<UInt8>, before position: Int) -> UInt32 {
    var start = position - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(in: text, at: start).scalar
  }

  @inline(__always)
  static func append(_ scalar: UInt32, to output: inout [UInt8]) {
    switch scalar {
    case ..<0x80: output.append(UInt8(scalar))
    case ..<0x800:
      output.append(UInt8(0xC0 | scalar >> 6))
      output.append(UInt8(0x80 | scalar & 0x3F))
    case ..<0x10000:
      output.append(UInt8(0xE0 | scalar >> 12))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    default:
      output.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
      output.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    }
  }
}
