/// What `Split` and `Replace` look for.
enum TextPattern: Sendable {
  /// Not empty.
  case literal([UInt8])
  /// GPT-2's, which has its own scanner.
  case byteLevel
  case expression(RegularExpression)

  /// Longer ones are refused.
  static let maximumLength = 4096

  /// - Throws: `RegularExpression.Failure` for what is not supported.
  init(expression: String) throws {
    self =
      expression == ByteLevelPattern.text
      ? .byteLevel : .expression(try RegularExpression(expression))
  }

  /// Appends the matches in `range`, leftmost first, none empty.
  func matches(in text: Span<UInt8>, _ range: Range<Int>, _ matches: inout [Range<Int>]) {
    switch self {
    case .byteLevel: ByteLevelPattern.matches(in: text, range, &matches)
    case .expression(let expression): expression.matches(in: text, range, &matches)
    case .literal(let literal):
      var position = range.lowerBound
      while position + literal.count <= range.upperBound {
        let isMatch = literal.indices.allSatisfy { literal[$0] == text[position + $0] }
        if isMatch { matches.append(position..<position + literal.count) }
        position += isMatch ? literal.count : 1
      }
    }
  }
}

/// Replaces the matches of a pattern.
struct ReplaceNormalizer: TextNormalizer {
  var pattern: TextPattern
  var content: [UInt8]

  func normalize(_ text: inout AlignedText) {
    var matches: [Range<Int>] = []
    pattern.matches(in: text.bytes.span, text.bytes.indices, &matches)
    guard !matches.isEmpty else { return }
    text.rewrite { output, source in
      for match in matches {
        output.copy(upTo: match.lowerBound)
        output.replace(upTo: match.upperBound, with: content)
      }
      output.copy(upTo: source.bytes.count)
    }
  }
}
