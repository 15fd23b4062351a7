import Foundation

/// Reads `vocab.json` and `merges.txt` by RoBERTa's rules, with the options of
/// `tokenizer_config.json` and the names of `special_tokens_map.json`, where these exist.
struct BytePairFiles {
  private static let classes = ["RobertaTokenizer", "RobertaTokenizerFast"]

  private let directory: URL
  private let vocabulary: TokenizerDocument
  private let names: SpecialTokenNames

  init(directory: URL) throws {
    self.directory = directory
    vocabulary = try TokenizerDocument(contentsOf: directory.appendingPathComponent("vocab.json"))
    names = try SpecialTokenNames(directory: directory)
  }

  func tokenizer() throws -> Tokenizer {
    try names.checkClass(of: "vocab.json", Self.classes)
    let unknown = try names.name("unk_token")?.0 ?? "<unk>"
    let model = try BytePairReader(document: vocabulary).model(
      merges: directory.appendingPathComponent("merges.txt"), unknown: unknown)
    let added = try names.addedTokens()
    func special(_ key: String, _ standard: String) throws -> AddedTokens.Token {
      let name = try names.name(key)?.0 ?? standard
      let known = added.first { $0.0.content.elementsEqual(name.utf8) }?.0.id
      guard let id = model.token(name) ?? known else {
        throw vocabulary.error(
          key, "the token '\(name.prefix(40))' is not in the vocabulary",
          "add it, or name another in special_tokens_map.json")
      }
      // The mask takes the space before it along, as if it were a word.
      return AddedTokens.Token(
        id: id, content: Array(name.utf8), isSingleWord: false, stripsLeft: key == "mask_token",
        stripsRight: false)
    }
    let classifier = try special("cls_token", "<s>")
    let separator = try special("sep_token", "</s>")
    var specials: [AddedTokens.Token] = []
    for token in [
      classifier, separator, try special("unk_token", "<unk>"), try special("pad_token", "<pad>"),
      try special("mask_token", "<mask>"),
    ]
    where !added.contains(where: { $0.0.content == token.content })
      && !specials.contains(where: { $0.content == token.content })
    {
      specials.append(token)
    }
    let prefixes = try names.flag("add_prefix_space") ?? false
    let trims = try names.flag("trim_offsets") ?? true
    return Tokenizer(
      normalizer: nil, preTokenizer: ByteLevelPreTokenizer(addsPrefixSpace: prefixes),
      model: model,
      processing: PostProcessing(
        template: .roberta(classifier: classifier.id, separator: separator.id),
        trimmings: trims ? [OffsetTrimming(hasPrefixSpace: prefixes)] : []),
      addedTokens: specials.map { ($0, false) } + added)
  }
}
