/// Bytes of a file while they are looked at: reading outside of them gives 0, which is no character
/// of any format read here.
struct ByteView {
  private let bytes: UnsafeRawBufferPointer

  /// - Parameter bytes: valid as long as the view is used.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var count: Int { bytes.count }

  @inline(__always)
  subscript(index: Int) -> UInt8 {
    UInt(bitPattern: index) < UInt(bitPattern: bytes.count) ? bytes[index] : 0
  }

  /// The part of `range` that is there.
  private func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<bytes.count)])
  }

  /// Broken UTF-8 is repaired with U+FFFD.
  func text(_ range: Range<Int>) -> String { String(decoding: part(range), as: UTF8.self) }

  func starts(with prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }

  /// The first place of `byte` in `range`.
  func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    let found = part(range).firstIndex(of: byte)
    return found.map { $0 + max(0, range.lowerBound) }
  }

  /// How often `byte` stands in `range`.
  func occurrences(of byte: UInt8, in range: Range<Int>) -> Int {
    part(range).reduce(0) { $0 + ($1 == byte ? 1 : 0) }
  }

  /// Whether `range` holds well-formed UTF-8 (Unicode 16, table 3-7).
  func isUTF8(_ range: Range<Int>) -> Bool {
    var index = range.lowerBound
    while index < range.upperBound {
      let lead = self[index]
      index += 1
      if lead < 0x80 { continue }
      var rest = 0
      var second: ClosedRange<UInt8> = 0x80...0xBF
      switch lead {
      case 0xC2...0xDF: rest = 1
      case 0xE0: (rest, second) = (2, 0xA0...0xBF)
      case 0xED: (rest, second) = (2, 0x80...0x9F)
      case 0xE1...0xEF: rest = 2
      case 0xF0: (rest, second) = (3, 0x90...0xBF)
      case 0xF1...0xF3: rest = 3
      case 0xF4: (rest, second) = (3, 0x80...0x8F)
      default: return false
      }
      guard index + rest <= range.upperBound, second.contains(self[index]) else { return false }
      for offset in 1..<max(rest, 1) where !(0x80...0xBF).contains(self[index + offset]) {
        return false
      }
      index += rest
    }
    return true
  }

  /// `range` without spaces, tabs and carriage returns at its ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }
    var (lower, upper) = (range.lowerBound, range.upperBound)
    while lower < upper, isBlank(self[lower]) { lower += 1 }
    while lower < upper, isBlank(self[upper - 1]) { upper -= 1 }
    return lower..<upper
  }
}
