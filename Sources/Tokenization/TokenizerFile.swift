import Foundation

/// Reads `tokenizer.json`. Truncation and padding settings are the caller's business and ignored.
struct TokenizerFile {
  let document: TokenizerDocument

  /// Normalisers, pre-tokenisers and post-processors nested deeper, or more of them, are refused.
  static let maximumDepth = 8
  static let maximumParts = 64

  init(contentsOf url: URL) throws { document = try TokenizerDocument(contentsOf: url) }

  func tokenizer() throws -> Tokenizer {
    let model = try model()
    return Tokenizer(
      normalizer: try part("normalizer", normalizer),
      preTokenizer: try part("pre_tokenizer", preTokenizer), model: model,
      processing: try postProcessing(), addedTokens: try addedTokens(beside: model))
  }

  var root: JSONValue { document.root }

  /// A part of the pipeline that may be null.
  private func part<Part>(
    _ key: String, _ read: (JSONValue, String, Int) throws -> Part
  ) throws -> Part? {
    guard let value = root[key], !value.isNull else { return nil }
    return try read(value, key, 0)
  }

  func unsupported(_ key: String, _ value: JSONValue?, supported: String) -> TokenizerError {
    let type = value?["type"]?.string ?? "no type"
    return document.error(
      key, "'\(type.prefix(40))' is not supported", "supported: \(supported)")
  }

  /// The parts of a `Sequence`.
  func parts(_ key: String, of value: JSONValue, at path: String, depth: Int) throws -> [(
    JSONValue, String
  )] {
    let values = try document.required(key, in: value, at: path, "a list of parts", \.array)
    guard depth < Self.maximumDepth, values.count <= Self.maximumParts else {
      throw document.error(
        "\(path).\(key)",
        "nested more than \(Self.maximumDepth) levels deep, or more than "
          + "\(Self.maximumParts) parts", "write fewer")
    }
    return values.enumerated().map { ($1, "\(path).\(key).\($0)") }
  }

  func flag(_ key: String, of value: JSONValue, at path: String) throws -> Bool? {
    try document.optional(key, in: value, at: path, "true or false", \.boolean)
  }

  func text(_ key: String, of value: JSONValue, at path: String) throws -> String? {
    try document.optional(key, in: value, at: path, "a text", \.string)
  }

  /// A text of exactly one scalar.
  func scalar(_ key: String, of value: JSONValue, at path: String) throws -> UInt32 {
    try document.required(key, in: value, at: path, "a text of one character") {
      $0.string.flatMap { $0.unicodeScalars.count == 1 ? $0.unicodeScalars.first?.value : nil }
    }
  }

  /// `{"String": …}` or `{"Regex": …}`.
  func pattern(of value: JSONValue, at path: String) throws -> TextPattern {
    let pattern = try document.required(
      "pattern", in: value, at: path, "an object with String or Regex"
    ) {
      $0.object == nil ? nil : $0
    }
    if let literal = try text("String", of: pattern, at: "\(path).pattern") {
      guard (1...256).contains(literal.utf8.count) else {
        throw document.error(
          "\(path).pattern.String", "it has \(literal.utf8.count) bytes", "write 1 to 256")
      }
      return .literal(Array(literal.utf8))
    }
    let expression = try document.required(
      "Regex", in: pattern, at: "\(path).pattern", "a pattern", \.string)
    do {
      return try TextPattern(expression: expression)
    } catch let failure as RegularExpression.Failure {
      throw document.error(
        "\(path).pattern.Regex", "\(failure.problem) in '\(expression.prefix(80))'",
        "supported: scalars, classes, groups, | ? * + {n,m}, and looking ahead at one scalar")
    }
  }

  private func addedTokens(beside model: any TokenModel) throws -> [(
    AddedTokens.Token, isNormalized: Bool
  )] {
    let values = try document.optional(
      "added_tokens", in: root, at: "", "a list of tokens", \.array)
    var seen: [[UInt8]: Int] = [:]
    /// What Hugging Face `tokenizers` numbers the next token that the model does not have,
    /// whatever its id.
    var next = model.count
    return try (values ?? []).enumerated().map { index, value in
      let path = "added_tokens.\(index)"
      let id = try document.required("id", in: value, at: path, "a token id", \.token)
      let token = try document.addedToken(value, id: id, at: path)
      let content = String(decoding: token.0.content, as: UTF8.self)
      if let known = model.token(content) {
        guard known == id else {
          throw document.error(
            "\(path).id", "\(id), but '\(content.prefix(40))' is \(known) in model.vocab",
            "give one id to both")
        }
      } else if !content.isEmpty {
        guard Int(id) == next else {
          throw document.error(
            "\(path).id", "\(id), but the next token after those of model.vocab is \(next)",
            "number added tokens from there on")
        }
        next += 1
      }
      if let other = seen.updateValue(index, forKey: token.0.content) {
        throw document.error(
          "\(path).content", "'\(content.prefix(40))' is added_tokens.\(other) already",
          "add it once")
      }
      return token
    }
  }
}

extension TokenizerDocument {
  /// Token ids from here on are refused.
  static let tokenLimit: Int32 = 1 << 24

  /// The options of an added token, which `tokenizer.json` and `tokenizer_config.json` share.
  func addedToken(_ value: JSONValue, id: Int32, at path: String) throws
    -> (AddedTokens.Token, isNormalized: Bool)
  {
    func flag(_ key: String) throws -> Bool? {
      try optional(key, in: value, at: path, "true or false", \.boolean)
    }
    guard (0..<Self.tokenLimit).contains(id) else {
      throw error("\(path).id", "\(id) is no token id", "write 0 to \(Self.tokenLimit - 1)")
    }
    let content = try required("content", in: value, at: path, "the token's text", \.string)
    guard content.utf8.count <= Self.maximumTokenLength else {
      throw error(
        "\(path).content", "it has more than \(Self.maximumTokenLength) bytes", "shorten it")
    }
    let isSpecial = try flag("special") ?? false
    let token = AddedTokens.Token(
      id: id, content: Array(content.utf8), isSingleWord: try flag("single_word") ?? false,
      stripsLeft: try flag("lstrip") ?? false, stripsRight: try flag("rstrip") ?? false)
    return (token, try flag("normalized") ?? !isSpecial)
  }
}
