/// How many white space scalars a token begins and ends with.
struct EdgeSpaces: Hashable, Sendable {
  var leading = 0
  var trailing = 0

  static let none = EdgeSpaces()

  /// - Parameter text: a token as the vocabulary has it, where U+0120 stands for a space.
  init(of text: some BidirectionalCollection<Unicode.Scalar>) {
    leading = text.prefix(while: Self.isSpace).count
    trailing = text.reversed().prefix(while: Self.isSpace).count
  }

  init() {}

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == 0x120 || ScalarClasses.shared[scalar.value].contains(.separator)
  }
}

/// `trim_offsets`: takes the white space at a token's ends off its offsets, as the post-processors
/// `ByteLevel` and `RobertaProcessing` do.
struct OffsetTrimming: Sendable {
  /// A single space at the very beginning was put there by the tokenizer.
  var hasPrefixSpace: Bool

  /// - Parameters:
  ///   - tokens: of one text, as far as they go into one encoding.
  ///   - source: the text that the token at an index came from.
  func apply(to tokens: inout Tokenizer.TracedTokens, source: (Int) -> [UInt8]) {
    guard tokens.edges.count == tokens.tokens.count else { return }
    for index in tokens.edges.indices where tokens.edges[index] != .none {
      let edges = tokens.edges[index]
      let text = source(index)
      var lower = tokens.offsets[index].lowerBound
      var upper = tokens.offsets[index].upperBound
      let isFirst = index == 0 || lower == 0
      if !(isFirst && hasPrefixSpace && edges.leading == 1) {
        for _ in 0..<edges.leading where lower < upper {
          repeat { lower += 1 } while lower < upper && Self.continues(text, at: lower)
        }
      }
      var end = upper
      var steps = 0
      while steps < edges.trailing, end > 0 {
        repeat { end -= 1 } while end > 0 && Self.continues(text, at: end)
        steps += 1
      }
      if steps == edges.trailing { upper = max(end, lower) }
      tokens.offsets[index] = lower..<max(lower, upper)
    }
  }

  private static func continues(_ text: [UInt8], at position: Int) -> Bool {
    position < text.count && text[position] & 0xC0 == 0x80
  }
}
