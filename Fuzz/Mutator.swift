import Foundation

/// Seeded changes to an input: bits, bytes, numbers, pieces moved, repeated, cut or nested.
struct Mutator {
  private var state: UInt64
  private let words: [[UInt8]]

  /// - Parameter words: What is put in and swapped, beside what every format knows.
  init(seed: UInt64, words: [String]) {
    state = seed
    self.words = (Self.interesting + words).map { Array($0.utf8) }
  }

  private static let interesting = [
    "", "0", "-1", "1", "255", "256", "2147483647", "2147483648", "4294967296",
    "9223372036854775807", "9223372036854775808", "18446744073709551615", "-9223372036854775808",
    "1e308", "1e999", "-0.0", "1e-999", "0.5", "NaN", "null", "true", "false", "\"\"", "{}", "[]",
    "[[", "]]", "{\"", "\"", "\\", "\\u0000", "\\ud800", "\u{FEFF}", "\0", "\n", "\r\n", "\t", ",",
    "../", "/etc/passwd", "\u{10FFFF}", "é",
  ]

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// - Parameter count: at least 1.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }

  mutating func mutated(_ input: Data, beside other: Data) -> Data {
    var bytes = [UInt8](input)
    for _ in 0...below(6) { change(&bytes, [UInt8](other)) }
    return Data(bytes)
  }

  private mutating func span(_ count: Int, longest: Int) -> Range<Int> {
    let start = below(count + 1)
    return start..<min(count, start + 1 + below(longest))
  }

  private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
    switch below(11) {
    case 0 where !bytes.isEmpty:
      bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
    case 1 where !bytes.isEmpty:
      bytes[below(bytes.count)] = UInt8(truncatingIfNeeded: next())
    case 2:
      bytes.removeSubrange(span(bytes.count, longest: 64))
    case 3:
      let piece = Array(bytes[span(bytes.count, longest: 256)])
      bytes.insert(contentsOf: piece, at: below(bytes.count + 1))
    case 4:
      bytes.replaceSubrange(span(bytes.count, longest: 16), with: words[below(words.count)])
    case 5:
      bytes.insert(contentsOf: words[below(words.count)], at: below(bytes.count + 1))
    case 6:
      bytes.removeLast(bytes.count - below(bytes.count + 1))
    case 7:
      replaceNumber(&bytes)
    case 8:
      let piece = Array(other[span(other.count, longest: 512)])
      bytes.replaceSubrange(span(bytes.count, longest: 512), with: piece)
    case 9:
      let word = words[below(words.count)]
      let piece = Array(repeatElement(word, count: 1 + below(200)).joined())
      bytes.insert(contentsOf: piece, at: below(bytes.count + 1))
    default:
      // A length or an offset, little-endian.
      guard bytes.count >= 8 else { return }
      let place = below(bytes.count - 7)
      let value = [0, 1, 7, 8, UInt64.max, 1 << 31, 1 << 32, 1 << 62, next()][below(9)]
      for byte in 0..<8 { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte)) }
    }
  }

  /// Another number in the place of one that is written out.
  private mutating func replaceNumber(_ bytes: inout [UInt8]) {
    let digits: ClosedRange<UInt8> = 0x30...0x39
    let places = bytes.indices.filter { digits.contains(bytes[$0]) }
    guard !places.isEmpty else { return }
    let start = places[below(places.count)]
    var end = start
    while end < bytes.count, digits.contains(bytes[end]) { end += 1 }
    bytes.replaceSubrange(start..<end, with: words[1 + below(17)])
  }
}
