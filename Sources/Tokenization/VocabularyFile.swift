import Foundation

/// Reads `vocab.txt` (one token a line, its id the line's number from 0) with the options of
/// `tokenizer_config.json` and the names of `special_tokens_map.json`, where these exist.
struct VocabularyFile {
  /// Tokenizer classes whose `vocab.txt` means WordPiece with BERT's rules.
  private static let classes = ["Bert", "DistilBert", "Electra", "MobileBert"]

  private let file: String
  private let tokens: [(text: String, id: Int32)]
  private let names: SpecialTokenNames

  init(directory: URL) throws {
    let url = directory.appendingPathComponent("vocab.txt")
    file = url.path
    tokens = try Self.tokens(TokenizerDocument.bytes(of: url), file: url.path)
    names = try SpecialTokenNames(directory: directory)
  }

  private var configuration: TokenizerDocument? { names.configuration }

  private static func tokens(_ bytes: [UInt8], file: String) throws -> [(text: String, id: Int32)] {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return try lines.enumerated().map { index, line in
      let line = line.last == 13 ? line.dropLast() : line
      guard let text = String(validating: line, as: UTF8.self) else {
        throw TokenizerError(
          file: file, line: index + 1, problem: "the token is not valid UTF-8",
          remedy: "fetch the file again")
      }
      return (text, Int32(truncatingIfNeeded: index))
    }
  }

  func tokenizer() throws -> Tokenizer {
    let type = try text("tokenizer_class") ?? "BertTokenizer"
    guard Self.classes.contains(where: { type == "\($0)Tokenizer" || type == "\($0)TokenizerFast" })
    else {
      throw TokenizerError(
        file: configuration?.file ?? file, key: "tokenizer_class",
        problem: "'\(type.prefix(40))' is not supported with vocab.txt",
        remedy: "supported: \(Self.classes.map { $0 + "Tokenizer" }.joined(separator: ", "))")
    }
    let vocabulary = SortedVocabulary(tokens)
    func special(_ key: String, _ standard: String) throws -> (name: String, id: Int32) {
      let name = try names.name(key)?.0 ?? standard
      guard let id = vocabulary.id(of: name.utf8) else {
        throw TokenizerError(
          file: file, key: key, problem: "the token '\(name.prefix(40))' is not in the vocabulary",
          remedy: "add it, or name another in special_tokens_map.json")
      }
      return (name, id)
    }
    let unknown = try special("unk_token", "[UNK]")
    let separator = try special("sep_token", "[SEP]")
    let classifier = try special("cls_token", "[CLS]")
    let padding = try special("pad_token", "[PAD]")
    let mask = try special("mask_token", "[MASK]")
    let found = [unknown, separator, classifier, padding, mask].map { name, id in
      let token = AddedTokens.Token(
        id: id, content: Array(name.utf8), isSingleWord: false, stripsLeft: false,
        stripsRight: false)
      return (token, isNormalized: false)
    }
    let more = try addedTokens()
    let rest = found.filter { token, _ in !more.contains { $0.0.content == token.content } }
    return Tokenizer(
      normalizer: BertNormalizer(
        separatesIdeographs: try flag("tokenize_chinese_chars") ?? true,
        stripsAccents: try flag("strip_accents"), lowercases: try flag("do_lower_case") ?? true),
      preTokenizer: BertPreTokenizer(),
      model: WordPiece(
        vocabulary: vocabulary, unknown: unknown.id, continuingPrefix: "##", maximumWordLength: 100),
      processing: PostProcessing(
        template: .bert(classifier: classifier.id, separator: separator.id)),
      addedTokens: rest + more)
  }

  private func flag(_ key: String) throws -> Bool? {
    try configuration.flatMap {
      try $0.optional(key, in: $0.root, at: "", "true or false", \.boolean)
    }
  }

  private func text(_ key: String) throws -> String? {
    try configuration.flatMap { try $0.optional(key, in: $0.root, at: "", "a text", \.string) }
  }

  /// `added_tokens_decoder`: id → options.
  private func addedTokens() throws -> [(AddedTokens.Token, isNormalized: Bool)] {
    guard let document = configuration,
      let entries = try document.optional(
        "added_tokens_decoder", in: document.root, at: "", "an object of id and token", \.object)
    else { return [] }
    return try entries.map { key, value in
      let path = "added_tokens_decoder.\(key.prefix(40))"
      guard let id = Int32(key), id >= 0 else {
        throw document.error(path, "not a token id", "write a whole number from 0")
      }
      return try document.addedToken(value, id: id, at: path)
    }
  }
}
