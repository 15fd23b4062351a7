/// Cuts at white space, and makes each punctuation character a word of its own.
struct BertPreTokenizer: PreTokenizer {
  private let classes = ScalarClasses.shared

  func cut(_ text: inout CutText) {
    var words: [TextPiece] = []
    words.reserveCapacity(text.text.bytes.count / 4)
    for piece in text.pieces {
      if piece.token == nil {
        append(piece.range, of: text.text.bytes.span, to: &words)
      } else {
        words.append(piece)
      }
    }
    text.pieces = words
  }

  private func append(_ range: Range<Int>, of text: Span<UInt8>, to words: inout [TextPiece]) {
    var start = range.lowerBound
    var position = start
    while position < range.upperBound {
      let (scalar, next) = UTF8Scalars.scalar(in: text, at: position)
      let flags = classes[scalar]
      if !flags.isDisjoint(with: [.separator, .punctuation]) {
        if start < position { words.append(TextPiece(range: start..<position)) }
        if flags.contains(.punctuation) { words.append(TextPiece(range: position..<next)) }
        start = next
      }
      position = next
    }
    if start < range.upperBound { words.append(TextPiece(range: start..<range.upperBound)) }
  }
}
