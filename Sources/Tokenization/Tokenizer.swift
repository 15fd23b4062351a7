import Foundation

/// Turns text into token ids exactly as Hugging Face `tokenizers` does with the same files.
///
/// Supported: WordPiece with BERT's normaliser and pre-tokeniser, from `tokenizer.json` or, where
/// there is none, `vocab.txt`.
public struct Tokenizer: Sendable {
  var normalizer: (any TextNormalizer)?
  var preTokenizer: any PreTokenizer
  var model: any TokenModel
  var template: SequenceTemplate
  /// Found in the text as written, and in the normalised text.
  var addedTokens: AddedTokens
  var normalizedAddedTokens: AddedTokens

  /// Reads the tokenizer of a Hugging Face model directory.
  ///
  /// - Throws: `TokenizerError` naming file and key when a file is missing, malformed, larger than
  ///   128 MiB, or asks for something that is not supported.
  public init(directory: URL) throws {
    let file = directory.appendingPathComponent("tokenizer.json")
    if FileManager.default.fileExists(atPath: file.path) {
      self = try TokenizerFile(contentsOf: file).tokenizer()
    } else {
      self = try VocabularyFile(directory: directory).tokenizer()
    }
  }

  init(
    normalizer: (any TextNormalizer)?, preTokenizer: any PreTokenizer, model: any TokenModel,
    template: SequenceTemplate, addedTokens: [(AddedTokens.Token, isNormalized: Bool)]
  ) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.template = template
    self.addedTokens = AddedTokens(addedTokens.filter { !$0.isNormalized }.map(\.0))
    normalizedAddedTokens = AddedTokens(
      addedTokens.filter(\.isNormalized).map { token, _ in
        var token = token
        if let normalizer {
          var content: [UInt8] = []
          normalizer.normalize(token.content.span, into: &content)
          token.content = content
        }
        return token
      })
  }

  /// The tokens of one text with its special tokens (`[CLS]` … `[SEP]`), cut at the end.
  ///
  /// - Parameter maximumLength: tokens, special ones included; these stay even when there is room
  ///   for nothing else.
  public func encode(_ text: String, maximumLength: Int) -> [Int32] {
    let limit = max(0, maximumLength - SequenceTemplate.added(template.single))
    let tokens = tokens(of: text, limit: limit)
    return SequenceTemplate.fill(template.single, first: tokens.prefix(limit), second: []).tokens
  }

  /// The tokens of a pair of texts with its special tokens, and each token's type (0 or 1). What is
  /// too long is cut at the end of the longer text, then of both (`longest_first`).
  ///
  /// - Parameter maximumLength: tokens, special ones included; these stay even when there is room
  ///   for nothing else.
  public func encode(_ first: String, _ second: String, maximumLength: Int)
    -> (tokens: [Int32], types: [Int32])
  {
    let limit = max(0, maximumLength - SequenceTemplate.added(template.pair))
    // All of both: which text is cut depends on which is longer.
    let firstTokens = tokens(of: first, limit: .max)
    let secondTokens = tokens(of: second, limit: .max)
    let kept = SequenceTemplate.kept(firstTokens.count, secondTokens.count, limit: limit)
    return SequenceTemplate.fill(
      template.pair, first: firstTokens.prefix(kept.first), second: secondTokens.prefix(kept.second)
    )
  }

  /// The tokens of `text`, without special tokens; at least the first `limit` of them.
  func tokens(of text: String, limit: Int) -> [Int32] {
    var tokens: [Int32] = []
    let bytes = Array(text.utf8)
    for piece in addedTokens.pieces(of: bytes.span) where tokens.count < limit {
      if let token = piece.token {
        tokens.append(token)
        continue
      }
      guard let normalizer else {
        append(bytes.span.extracting(piece.range), to: &tokens, limit: limit)
        continue
      }
      var normalized: [UInt8] = []
      normalizer.normalize(bytes.span.extracting(piece.range), into: &normalized)
      append(normalized.span, to: &tokens, limit: limit)
    }
    return tokens
  }

  private func append(_ text: Span<UInt8>, to tokens: inout [Int32], limit: Int) {
    for piece in normalizedAddedTokens.pieces(of: text) where tokens.count < limit {
      if let token = piece.token {
        tokens.append(token)
        continue
      }
      let part = text.extracting(piece.range)
      for word in preTokenizer.words(in: part) {
        guard tokens.count < limit else { return }
        model.append(part.extracting(word), to: &tokens)
      }
    }
  }
}
