/// Tokens that are found in the text itself, before it is cut into words.
struct AddedTokens: Sendable {
  struct Token: Sendable {
    var id: Int32
    /// What to look for, as UTF-8; not empty.
    var content: [UInt8]
    /// Only where no letter, digit or mark touches it.
    var isSingleWord: Bool
    /// Takes the white space before it, or after it, along.
    var stripsLeft: Bool
    var stripsRight: Bool
  }

  /// Longest first, by first byte.
  private var tokens = [[Token]](repeating: [], count: 256)
  private(set) var isEmpty = true

  init(_ tokens: [Token]) {
    for token in tokens.sorted(by: { $0.content.count > $1.content.count }) {
      guard let first = token.content.first else { continue }
      self.tokens[Int(first)].append(token)
      isEmpty = false
    }
  }

  /// The id of a token given in full.
  func token(_ text: String) -> Int32? {
    guard let first = text.utf8.first else { return nil }
    return tokens[Int(first)].first { $0.content.elementsEqual(text.utf8) }?.id
  }

  /// Cuts `text` at its added tokens: leftmost first, the longest of those that begin there.
  func pieces(of text: Span<UInt8>) -> [TextPiece] {
    guard !isEmpty else { return [TextPiece(range: 0..<text.count, token: nil)] }
    var pieces: [TextPiece] = []
    var start = 0
    var position = 0
    while position < text.count {
      guard let token = match(in: text, at: position) else {
        position += 1
        continue
      }
      var match = position..<position + token.content.count
      position = match.upperBound
      if token.isSingleWord, touchesWord(match, in: text) { continue }
      if token.stripsLeft {
        while match.lowerBound > start, let before = space(in: text, before: match.lowerBound) {
          match = max(before, start)..<match.upperBound
        }
      }
      if token.stripsRight {
        while let after = space(in: text, after: match.upperBound) {
          match = match.lowerBound..<after
        }
        position = match.upperBound
      }
      if start < match.lowerBound { pieces.append(TextPiece(range: start..<match.lowerBound)) }
      pieces.append(TextPiece(range: match, token: token.id))
      start = match.upperBound
    }
    if start < text.count { pieces.append(TextPiece(range: start..<text.count)) }
    return pieces
  }

  @inline(__always)
  private func match(in text: Span<UInt8>, at position: Int) -> Token? {
    tokens[Int(text[position])].first { token in
      guard token.content.count <= text.count - position else { return false }
      for index in token.content.indices where text[position + index] != token.content[index] {
        return false
      }
      return true
    }
  }

  private func touchesWord(_ match: Range<Int>, in text: Span<UInt8>) -> Bool {
    if match.lowerBound > 0,
      Self.isWord(UTF8Scalars.scalar(in: text, before: match.lowerBound))
    {
      return true
    }
    return match.upperBound < text.count
      && Self.isWord(UTF8Scalars.scalar(in: text, at: match.upperBound).scalar)
  }

  /// `\w` of a Unicode regular expression.
  private static func isWord(_ scalar: UInt32) -> Bool {
    ScalarClasses.shared[scalar].contains(.word)
  }

  /// Where the white space that ends before `position` begins; nil when there is none.
  private func space(in text: Span<UInt8>, before position: Int) -> Int? {
    guard position > 0 else { return nil }
    let scalar = UTF8Scalars.scalar(in: text, before: position)
    guard Self.isSpace(scalar) else { return nil }
    return position - UTF8.width(Unicode.Scalar(scalar) ?? " ")
  }

  /// Where the white space that begins at `position` ends; nil when there is none.
  private func space(in text: Span<UInt8>, after position: Int) -> Int? {
    guard position < text.count else { return nil }
    let (scalar, next) = UTF8Scalars.scalar(in: text, at: position)
    return Self.isSpace(scalar) ? next : nil
  }

  private static func isSpace(_ scalar: UInt32) -> Bool {
    ScalarClasses.shared[scalar].contains(.separator)
  }
}
