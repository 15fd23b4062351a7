extension Tokenizer {
  /// The tokens of a text, or of a pair of texts, and where each came from. All arrays are as long
  /// as `tokens`.
  public struct Encoding: Hashable, Sendable {
    public var tokens: [Int32]
    /// The type that the template gives each token: 0 or 1.
    public var types: [Int32]
    /// The UTF-8 bytes of its text (or word) that each token stands for, on the bounds of Unicode
    /// scalars; empty, 0..<0, for special tokens. Where normalisation joined or split scalars,
    /// tokens may share some.
    public var offsets: [Range<Int>]
    /// The index of the word in its text, -1 for special tokens. Words are what the
    /// pre-tokeniser cuts, or those that were given.
    public var words: [Int32]
    /// 0 for tokens of the first text, 1 for those of the second, -1 for special tokens.
    public var sequences: [Int8]

    public init(
      tokens: [Int32] = [], types: [Int32] = [], offsets: [Range<Int>] = [], words: [Int32] = [],
      sequences: [Int8] = []
    ) {
      self.tokens = tokens
      self.types = types
      self.offsets = offsets
      self.words = words
      self.sequences = sequences
    }
  }

  /// One text's tokens with their origin, before special tokens.
  struct TracedTokens {
    var tokens: [Int32] = []
    var offsets: [Range<Int>] = []
    var words: [Int32] = []
    /// White space at each token's ends, which trimming takes off the offsets; empty unless the
    /// tokenizer trims.
    var edges: [EdgeSpaces] = []

    subscript(range: Range<Int>) -> TracedTokens {
      TracedTokens(
        tokens: Array(tokens[range]), offsets: Array(offsets[range]), words: Array(words[range]),
        edges: edges.isEmpty ? [] : Array(edges[range]))
    }

    func prefix(_ count: Int) -> TracedTokens { self[0..<min(count, tokens.count)] }
  }
}
