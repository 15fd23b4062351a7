import Foundation

/// Reads `tokenizer.json`. Truncation and padding settings are the caller's business and ignored.
struct TokenizerFile {
  private let document: TokenizerDocument

  init(contentsOf url: URL) throws { document = try TokenizerDocument(contentsOf: url) }

  func tokenizer() throws -> Tokenizer {
    let model = try model()
    return Tokenizer(
      normalizer: try normalizer(), preTokenizer: try preTokenizer(), model: model,
      processing: PostProcessing(template: try template()),
      addedTokens: try addedTokens(beside: model))
  }

  private var root: JSONValue { document.root }

  private func unsupported(_ key: String, _ value: JSONValue?, supported: String) -> TokenizerError
  {
    let type = value?["type"]?.string ?? "no type"
    return document.error(
      key, "'\(type.prefix(40))' is not supported", "supported: \(supported)")
  }

  private func normalizer() throws -> (any TextNormalizer)? {
    guard let value = root["normalizer"], !value.isNull else { return nil }
    guard value["type"]?.string == "BertNormalizer" else {
      throw unsupported("normalizer", value, supported: "BertNormalizer or null")
    }
    func flag(_ key: String) throws -> Bool? {
      try document.optional(key, in: value, at: "normalizer", "true or false", \.boolean)
    }
    return BertNormalizer(
      cleansText: try flag("clean_text") ?? true,
      separatesIdeographs: try flag("handle_chinese_chars") ?? true,
      stripsAccents: try flag("strip_accents"), lowercases: try flag("lowercase") ?? true)
  }

  private func preTokenizer() throws -> any PreTokenizer {
    guard root["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer" else {
      throw unsupported("pre_tokenizer", root["pre_tokenizer"], supported: "BertPreTokenizer")
    }
    return BertPreTokenizer()
  }

  private func model() throws -> any TokenModel {
    guard let value = root["model"] else {
      throw document.error("model", "missing", "add a WordPiece model")
    }
    // Files of early versions give no type.
    let type = value["type"]?.string
    guard type == "WordPiece" || (type == nil && value["continuing_subword_prefix"] != nil) else {
      throw unsupported("model.type", value, supported: "WordPiece")
    }
    let entries = try document.required(
      "vocab", in: value, at: "model", "an object of token and id", \.object)
    let tokens = try entries.map { text, id in
      guard let id = id.token, id >= 0 else {
        throw document.error(
          "model.vocab.\(text.prefix(40))", "not a token id", "write a whole number from 0")
      }
      return (text: text, id: id)
    }
    let vocabulary = SortedVocabulary(tokens)
    let unknown =
      try document.optional("unk_token", in: value, at: "model", "a token", \.string) ?? "[UNK]"
    guard let unknownToken = vocabulary.id(of: unknown.utf8) else {
      throw document.error(
        "model.unk_token", "'\(unknown.prefix(40))' is not in model.vocab", "add it there")
    }
    let prefix = try document.optional(
      "continuing_subword_prefix", in: value, at: "model", "a text", \.string)
    let length = try document.optional(
      "max_input_chars_per_word", in: value, at: "model", "a whole number", \.token)
    return WordPiece(
      vocabulary: vocabulary, unknown: unknownToken, continuingPrefix: prefix ?? "##",
      maximumWordLength: Int(length ?? 100))
  }

  private func addedTokens(beside model: any TokenModel) throws -> [(
    AddedTokens.Token, isNormalized: Bool
  )] {
    let values = try document.optional(
      "added_tokens", in: root, at: "", "a list of tokens", \.array)
    return try (values ?? []).enumerated().map { index, value in
      let path = "added_tokens.\(index)"
      let id = try document.required("id", in: value, at: path, "a token id", \.token)
      let token = try document.addedToken(value, id: id, at: path)
      let content = String(decoding: token.0.content, as: UTF8.self)
      if let known = model.token(content), known != id {
        throw document.error(
          "\(path).id", "\(id), but '\(content.prefix(40))' is \(known) in model.vocab",
          "give one id to both")
      }
      return token
    }
  }

  private func template() throws -> SequenceTemplate {
    guard let value = root["post_processor"], !value.isNull else { return SequenceTemplate() }
    switch value["type"]?.string {
    case "TemplateProcessing":
      return SequenceTemplate(
        single: try parts("single", of: value), pair: try parts("pair", of: value))
    case "BertProcessing":
      return .bert(
        classifier: try special("cls", of: value), separator: try special("sep", of: value))
    default:
      throw unsupported(
        "post_processor", value, supported: "TemplateProcessing, BertProcessing or null")
    }
  }

  /// `["[CLS]", 101]`.
  private func special(_ key: String, of value: JSONValue) throws -> Int32 {
    try document.required(key, in: value, at: "post_processor", "a list of token and id") {
      $0.array?.count == 2 ? $0.array?[1].token : nil
    }
  }

  private func parts(_ key: String, of value: JSONValue) throws -> [SequenceTemplate.Part] {
    let parts = try document.required(
      key, in: value, at: "post_processor", "a list of parts", \.array)
    return try parts.enumerated().map { index, part in
      let path = "post_processor.\(key).\(index)"
      if let sequence = part["Sequence"] {
        let type = try document.required("type_id", in: sequence, at: path, "0 or 1", \.token)
        switch sequence["id"]?.string {
        case "A": return .first(type: type)
        case "B" where key == "pair": return .second(type: type)
        default:
          throw document.error("\(path).Sequence.id", "not a text of this template", "write A")
        }
      }
      guard let special = part["SpecialToken"] else {
        throw document.error(path, "not a part of a template", "write Sequence or SpecialToken")
      }
      let name = try document.required("id", in: special, at: path, "a token", \.string)
      let type = try document.required("type_id", in: special, at: path, "0 or 1", \.token)
      let ids = value["special_tokens"]?[name]?["ids"]?.array?.compactMap(\.token) ?? []
      guard !ids.isEmpty else {
        throw document.error(
          "post_processor.special_tokens", "'\(name.prefix(40))' has no ids", "list its token ids")
      }
      return .special(ids, type: type)
    }
  }
}

extension TokenizerDocument {
  /// The options of an added token, which `tokenizer.json` and `tokenizer_config.json` share.
  func addedToken(_ value: JSONValue, id: Int32, at path: String) throws
    -> (AddedTokens.Token, isNormalized: Bool)
  {
    func flag(_ key: String) throws -> Bool? {
      try optional(key, in: value, at: path, "true or false", \.boolean)
    }
    let content = try required("content", in: value, at: path, "the token's text", \.string)
    let isSpecial = try flag("special") ?? false
    let token = AddedTokens.Token(
      id: id, content: Array(content.utf8), isSingleWord: try flag("single_word") ?? false,
      stripsLeft: try flag("lstrip") ?? false, stripsRight: try flag("rstrip") ?? false)
    return (token, try flag("normalized") ?? !isSpecial)
  }
}

extension SequenceTemplate {
  /// `[CLS] A [SEP]`, and `[CLS] A [SEP] B [SEP]` with type 1 from B on.
  static func bert(classifier: Int32, separator: Int32) -> SequenceTemplate {
    let single: [Part] = [
      .special([classifier], type: 0), .first(type: 0), .special([separator], type: 0),
    ]
    return SequenceTemplate(
      single: single, pair: single + [.second(type: 1), .special([separator], type: 1)])
  }
}
