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
    tokens = try TokenizerDocument.lines(of: url).enumerated().map {
      (text: $1, id: Int32(truncatingIfNeeded: $0))
    }
    names = try SpecialTokenNames(directory: directory)
  }

  func tokenizer() throws -> Tokenizer {
    try names.checkClass(
      of: "vocab.txt", Self.classes.flatMap { ["\($0)Tokenizer", "\($0)TokenizerFast"] })
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
    let more = try names.addedTokens()
    let rest = found.filter { token, _ in !more.contains { $0.0.content == token.content } }
    return Tokenizer(
      normalizer: BertNormalizer(
        separatesIdeographs: try names.flag("tokenize_chinese_chars") ?? true,
        stripsAccents: try names.flag("strip_accents"),
        lowercases: try names.flag("do_lower_case") ?? true),
      preTokenizer: BertPreTokenizer(),
      model: WordPiece(
        vocabulary: vocabulary, unknown: unknown.id, continuingPrefix: "##", maximumWordLength: 100),
      processing: PostProcessing(
        template: .bert(classifier: classifier.id, separator: separator.id)),
      addedTokens: rest + more)
  }
}
