/// GPT-2's words, with each byte written as a visible scalar, so that there are no unknown ones.
struct ByteLevelPreTokenizer: PreTokenizer {
  /// Puts a space before a text that does not begin with one.
  var addsPrefixSpace = true
  var usesPattern = true

  /// For each byte, its scalar in UTF-8: itself where it is a visible Latin-1 character, the next
  /// from U+0100 where it is not.
  static let spellings: [[UInt8]] = {
    var next: UInt32 = 0x100
    return (UInt32(0)..<256).map { byte in
      var spelling: [UInt8] = []
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: UTF8Scalars.append(byte, to: &spelling)
      default:
        UTF8Scalars.append(next, to: &spelling)
        next += 1
      }
      return spelling
    }
  }()

  func cut(_ text: inout CutText) {
    if addsPrefixSpace {
      let bytes = text.text.bytes
      let misses = { (range: Range<Int>) in !range.isEmpty && bytes[range.lowerBound] != 32 }
      if text.pieces.contains(where: { $0.token == nil && misses($0.range) }) {
        text.rewrite { output, range in
          if misses(range) { output.insert([32]) }
          output.copy(upTo: range.upperBound)
        }
      }
    }
    if usesPattern {
      let bytes = text.text.bytes
      text.cut(.isolated) { range, matches in
        ByteLevelPattern.matches(in: bytes.span, range, &matches)
      }
    }
    let spellings = Self.spellings
    let bytes = text.text.bytes
    text.rewrite { output, range in
      for index in range { output.replace(upTo: index + 1, with: spellings[Int(bytes[index])]) }
    }
  }
}

/// GPT-2's pattern, whose matches cover every text.
enum ByteLevelPattern {
  static let text =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  static func matches(in text: Span<UInt8>, _ range: Range<Int>, _ matches: inout [Range<Int>]) {
    let classes = ScalarClasses.shared
    var position = range.lowerBound
    while position < range.upperBound {
      let end =
        contraction(in: text, position..<range.upperBound)
        ?? run(in: text, position, range.upperBound, classes)
      matches.append(position..<end)
      position = end
    }
  }

  /// Where `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` ends.
  private static func contraction(in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard text[range.lowerBound] == UInt8(ascii: "'"), range.count > 1 else { return nil }
    let first = text[range.lowerBound + 1]
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return range.lowerBound + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
      guard range.count > 2 else { return nil }
      let second = first == UInt8(ascii: "l") ? first : UInt8(ascii: "e")
      return text[range.lowerBound + 2] == second ? range.lowerBound + 3 : nil
    default: return nil
    }
  }

  private enum Kind {
    case letter
    case number
    case space
    case other

    init(_ flags: ScalarClasses.Flags) {
      if flags.contains(.letter) {
        self = .letter
      } else if flags.contains(.number) {
        self = .number
      } else if flags.contains(.separator) {
        self = .space
      } else {
        self = .other
      }
    }
  }

  private static func run(
    in text: Span<UInt8>, _ start: Int, _ end: Int, _ classes: ScalarClasses
  ) -> Int {
    var (scalar, position) = UTF8Scalars.scalar(in: text, at: start)
    var kind = Kind(classes[scalar])
    if scalar == 32, position < end {
      let (second, next) = UTF8Scalars.scalar(in: text, at: position)
      let secondKind = Kind(classes[second])
      if secondKind != .space {
        kind = secondKind
        position = next
      }
    }
    /// Where the last scalar of the run begins.
    var last = start
    while position < end {
      let next: Int
      (scalar, next) = UTF8Scalars.scalar(in: text, at: position)
      guard Kind(classes[scalar]) == kind else { break }
      last = position
      position = next
    }
    // White space before a word leaves its last scalar to the word, or to itself.
    return kind == .space && position < end && last > start ? last : position
  }
}
