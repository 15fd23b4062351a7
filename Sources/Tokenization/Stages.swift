// A tokenizer is a line of stages, as in Hugging Face `tokenizers`. Text travels as UTF-8 bytes.
// Another family (byte-level BPE) adds its own conforming types and a case in `TokenizerFile`.

/// Rewrites text before it is cut: cleaning, accents, case.
protocol TextNormalizer: Sendable {
  /// Appends the rewritten `text` to `output`.
  func normalize(_ text: Span<UInt8>, into output: inout [UInt8])
}

/// Cuts normalised text into words; tokens never cross words.
protocol PreTokenizer: Sendable {
  /// The words as byte ranges, ascending.
  func words(in text: Span<UInt8>) -> [Range<Int>]
}

/// Turns one word into tokens.
protocol TokenModel: Sendable {
  /// Appends the tokens of the non-empty `word`.
  func append(_ word: Span<UInt8>, to tokens: inout [Int32])

  /// The id of a token given in full.
  func token(_ text: String) -> Int32?
}
