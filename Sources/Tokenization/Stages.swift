// A tokenizer is a line of stages, as in Hugging Face `tokenizers`. Text travels as UTF-8 bytes,
// with where each came from when somebody asks for offsets.

/// Rewrites text before it is cut: cleaning, accents, case.
protocol TextNormalizer: Sendable {
  func normalize(_ text: inout AlignedText)
}

/// Cuts normalised text into words; tokens never cross words.
protocol PreTokenizer: Sendable {
  /// Cuts, and may rewrite, the pieces that are no tokens; drops empty ones.
  func cut(_ text: inout CutText)

  /// Whether what it does depends on where in the original text a piece begins.
  var needsOrigin: Bool { get }
}

extension PreTokenizer {
  var needsOrigin: Bool { false }
}

/// Turns one word into tokens.
protocol TokenModel: Sendable {
  /// Appends the tokens of the non-empty `word`.
  func append(_ word: Span<UInt8>, to list: inout TokenList)

  /// The id of a token given in full.
  func token(_ text: String) -> Int32?

  /// How many tokens there are.
  var count: Int { get }

  /// Every token's text and id.
  var vocabulary: [(text: [UInt8], id: Int32)] { get }
}

/// The tokens of words, and, where somebody asks for offsets, the bytes of the word that each
/// covers.
struct TokenList {
  private(set) var tokens: [Int32] = []
  /// In the bytes of the token's word; empty unless `isTracked`.
  private(set) var ranges: [Range<Int>] = []
  let isTracked: Bool

  var count: Int { tokens.count }

  @inline(__always)
  mutating func append(_ token: Int32, _ range: @autoclosure () -> Range<Int>) {
    tokens.append(token)
    if isTracked { ranges.append(range()) }
  }

  @inline(__always)
  mutating func append(_ tokens: [Int32], _ ranges: [Range<Int>]) {
    self.tokens += tokens
    if isTracked { self.ranges += ranges }
  }

  /// Keeps the first `count` tokens.
  mutating func truncate(to count: Int) {
    tokens.removeSubrange(count...)
    if isTracked { ranges.removeSubrange(count...) }
  }
}
