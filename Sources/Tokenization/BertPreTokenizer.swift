/// Cuts at white space, and makes each punctuation character a word of its own.
struct BertPreTokenizer: PreTokenizer {
  private let classes = ScalarClasses.shared

  func words(in text: Span<UInt8>) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var start = 0
    var position = 0
    while position < text.count {
      let (scalar, next) = UTF8Scalars.scalar(in: text, at: position)
      let flags = classes[scalar]
      if !flags.isDisjoint(with: [.separator, .punctuation]) {
        if start < position { words.append(start..<position) }
        if flags.contains(.punctuation) { words.append(position..<next) }
        start = next
      }
      position = next
    }
    if start < text.count { words.append(start..<text.count) }
    return words
  }
}
