import Foundation

/// Turns text into token ids exactly as Hugging Face `tokenizers` does with the same files:
/// WordPiece, byte-pair encoding (byte-level too) and Unigram, from `tokenizer.json` or, where there
/// is none, `vocab.txt`, or `vocab.json` with `merges.txt`.
public struct Tokenizer: Sendable {
  var normalizer: (any TextNormalizer)?
  /// Without one a text is one word.
  var preTokenizer: (any PreTokenizer)?
  var model: any TokenModel
  var processing: PostProcessing
  /// Found in the text as written, and in the normalised text.
  var addedTokens: AddedTokens
  var normalizedAddedTokens: AddedTokens
  /// Of the tokens that begin or end with white space; empty unless offsets are trimmed.
  private(set) var edges: [Int32: EdgeSpaces] = [:]
  var specialTokens = SpecialTokens()

  private static let sentencePieceFiles = [
    "sentencepiece.bpe.model", "sentencepiece.model", "spiece.model", "tokenizer.model",
  ]

  /// Reads the tokenizer of a Hugging Face model directory.
  ///
  /// - Throws: `TokenizerError` naming file and key when a file is missing, malformed, larger than
  ///   128 MiB, or asks for something that is not supported.
  public init(directory: URL) throws {
    func has(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: directory.appendingPathComponent(name).path)
    }
    if has("tokenizer.json") {
      let file = directory.appendingPathComponent("tokenizer.json")
      self = try TokenizerFile(contentsOf: file).tokenizer()
    } else if has("vocab.json"), has("merges.txt") {
      self = try BytePairFiles(directory: directory).tokenizer()
    } else if !has("vocab.txt"), let model = Self.sentencePieceFiles.first(where: has) {
      throw TokenizerError(
        file: directory.appendingPathComponent(model).path,
        problem: "a SentencePiece model is not read as it is",
        remedy: "make tokenizer.json of it with Hugging Face transformers: "
          + "AutoTokenizer.from_pretrained(folder).save_pretrained(folder)")
    } else {
      self = try VocabularyFile(directory: directory).tokenizer()
    }
    specialTokens = try SpecialTokens(directory: directory, of: self)
  }

  init(
    normalizer: (any TextNormalizer)?, preTokenizer: (any PreTokenizer)?, model: any TokenModel,
    processing: PostProcessing, addedTokens: [(AddedTokens.Token, isNormalized: Bool)]
  ) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.processing = processing
    self.addedTokens = AddedTokens(addedTokens.filter { !$0.isNormalized }.map(\.0))
    normalizedAddedTokens = AddedTokens(
      addedTokens.filter(\.isNormalized).map { token, _ in
        var token = token
        if let normalizer {
          var content = AlignedText(
            token.content.span, range: token.content.indices, isTracked: false)
          normalizer.normalize(&content)
          token.content = content.bytes
        }
        return token
      })
    if !processing.trimmings.isEmpty {
      for (text, id) in model.vocabulary {
        let spaces = EdgeSpaces(of: String(decoding: text, as: UTF8.self).unicodeScalars)
        if spaces != .none { edges[id] = spaces }
      }
    }
  }

  /// The id of a token given in full, added tokens included.
  public func token(_ text: String) -> Int32? {
    addedTokens.token(text) ?? normalizedAddedTokens.token(text) ?? model.token(text)
  }

  /// Stands for a token that a masked language model is to find.
  public var maskToken: Int32? { specialTokens.mask }
  /// Fills short texts up.
  public var paddingToken: Int32? { specialTokens.padding }
  /// Begins a text: `[CLS]`, `<s>`.
  public var classifierToken: Int32? { specialTokens.classifier }
  /// Ends a text: `[SEP]`, `</s>`.
  public var separatorToken: Int32? { specialTokens.separator }

  /// The tokens of one text with its special tokens (`[CLS]` … `[SEP]`), cut at the end.
  ///
  /// - Parameter maximumLength: tokens, special ones included; these stay even when there is room
  ///   for nothing else.
  public func encode(_ text: String, maximumLength: Int) -> [Int32] {
    let template = processing.template
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
    let template = processing.template
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
  private func tokens(of text: String, limit: Int) -> [Int32] {
    let bytes = Array(text.utf8)
    let isTracked = preTokenizer?.needsOrigin ?? false
    var list = TokenList(isTracked: false)
    for piece in addedTokens.pieces(of: bytes.span) where list.count < limit {
      if let token = piece.token {
        list.append(token, piece.range)
        continue
      }
      let isWhole = piece.range.count == bytes.count && !isTracked
      let cut = cut(
        isWhole
          ? AlignedText(untracked: bytes)
          : AlignedText(bytes.span, range: piece.range, isTracked: isTracked))
      let span = cut.text.bytes.span
      for word in cut.pieces where list.count < limit {
        if let token = word.token {
          list.append(token, word.range)
        } else {
          model.append(span.extracting(word.range), to: &list)
        }
      }
    }
    return list.tokens
  }

  /// The words, and added tokens, of a stretch of text between added tokens.
  func cut(_ stretch: AlignedText) -> CutText {
    var text = stretch
    normalizer?.normalize(&text)
    let pieces = text.isEmpty ? [] : normalizedAddedTokens.pieces(of: text.bytes.span)
    var cut = CutText(text: text, pieces: pieces)
    preTokenizer?.cut(&cut)
    return cut
  }
}
