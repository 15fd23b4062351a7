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

  private let tokens: [Token]
  /// By content; what it finds are places in `tokens`.
  private let trie: ByteTrie
  /// Whether a token begins with a byte.
  private let begins: [Bool]

  init(_ tokens: [Token]) {
    self.tokens = tokens.filter { !$0.content.isEmpty }
    let contents = self.tokens.enumerated().map { index, token in
      (bytes: token.content, id: Int32(truncatingIfNeeded: index))
    }
    trie = ByteTrie(SortedVocabulary(bytes: contents))
    begins = (UInt8.min...UInt8.max).map { [trie] in trie.child(of: ByteTrie.root, $0) >= 0 }
  }

  var isEmpty: Bool { tokens.isEmpty }

  /// The id of a token given in full.
  func token(_ text: String) -> Int32? {
    tokens.last { $0.content.elementsEqual(text.utf8) }?.id
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
    guard begins[Int(text[position])] else { return nil }
    var longest: Int32 = -1
    var node = ByteTrie.root
    var end = position
    while end < text.count {
      node = trie.child(of: node, text[end])
      guard node >= 0 else { break }
      end += 1
      let token = trie.token(at: node)
      if token >= 0 { longest = token }
    }
    return longest < 0 ? nil : tokens[Int(longest)]
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
