import Foundation

/// The tokens with a part to play.
struct SpecialTokens: Hashable, Sendable {
  var mask: Int32?
  var padding: Int32?
  var classifier: Int32?
  var separator: Int32?
}

extension SpecialTokens {
  /// Reads the names from `special_tokens_map.json`, then `tokenizer_config.json`; where neither
  /// has one, what BERT and RoBERTa call it, if the tokenizer has it.
  ///
  /// - Throws: `TokenizerError` when one of the files is no JSON object, names something that is
  ///   no token, or a token that the tokenizer does not have.
  init(directory: URL, of tokenizer: Tokenizer) throws {
    let names = try SpecialTokenNames(directory: directory)
    func find(_ key: String, _ customary: [String]) throws -> Int32? {
      guard let (name, document) = try names.name(key) else {
        return customary.lazy.compactMap { tokenizer.token($0) }.first
      }
      guard let token = tokenizer.token(name) else {
        throw document.error(
          key, "the token '\(name.prefix(40))' is not in the vocabulary", "add it, or name another")
      }
      return token
    }
    mask = try find("mask_token", ["[MASK]", "<mask>"])
    padding = try find("pad_token", ["[PAD]", "<pad>"])
    classifier = try find("cls_token", ["[CLS]", "<s>"])
    separator = try find("sep_token", ["[SEP]", "</s>"])
  }
}

/// The files beside a tokenizer that name its special tokens.
struct SpecialTokenNames {
  private let configuration: TokenizerDocument?
  private let specialNames: TokenizerDocument?

  init(directory: URL) throws {
    configuration = try Self.document("tokenizer_config.json", in: directory)
    specialNames = try Self.document("special_tokens_map.json", in: directory)
  }

  private static func document(_ name: String, in directory: URL) throws -> TokenizerDocument? {
    let url = directory.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    return try TokenizerDocument(contentsOf: url)
  }

  /// A special token's name, a text or an object with `content`, and the file that gives it.
  func name(_ key: String) throws -> (String, TokenizerDocument)? {
    for document in [specialNames, configuration].compactMap(\.self) {
      let name = try document.optional(key, in: document.root, at: "", "a token") {
        $0.string ?? $0["content"]?.string
      }
      if let name { return (name, document) }
    }
    return nil
  }

  func flag(_ key: String) throws -> Bool? {
    try configuration.flatMap {
      try $0.optional(key, in: $0.root, at: "", "true or false", \.boolean)
    }
  }

  /// - Throws: `TokenizerError` when `tokenizer_class` is another than those that go with `file`.
  func checkClass(of file: String, _ classes: [String]) throws {
    guard let configuration,
      let type = try configuration.optional(
        "tokenizer_class", in: configuration.root, at: "", "a text", \.string),
      !classes.contains(type)
    else { return }
    throw configuration.error(
      "tokenizer_class", "'\(type.prefix(40))' is not supported with \(file)",
      "supported: \(classes.joined(separator: ", ")); or add tokenizer.json")
  }

  /// `added_tokens_decoder`: id → options.
  func addedTokens() throws -> [(AddedTokens.Token, isNormalized: Bool)] {
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
