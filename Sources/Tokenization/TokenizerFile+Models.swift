/// The model of a `tokenizer.json`.
extension TokenizerFile {
  func model() throws -> any TokenModel {
    guard let value = root["model"], value.object != nil else {
      throw document.error("model", "missing", "add a WordPiece, BPE or Unigram model")
    }
    switch value["type"]?.string ?? Self.customaryType(of: value) {
    case "WordPiece": return try wordPiece(value)
    case "BPE": return try BytePairReader(document: document).model(value)
    case "Unigram": return try unigram(value)
    default: throw unsupported("model.type", value, supported: "WordPiece, BPE, Unigram")
    }
  }

  /// Files of early versions give no type.
  private static func customaryType(of value: JSONValue) -> String? {
    if value["merges"] != nil { return "BPE" }
    if value["vocab"]?.array != nil { return "Unigram" }
    return value["continuing_subword_prefix"] == nil ? nil : "WordPiece"
  }

  private func wordPiece(_ value: JSONValue) throws -> WordPiece {
    let vocabulary = try document.vocabulary(value, at: "model")
    let unknown = try text("unk_token", of: value, at: "model") ?? "[UNK]"
    guard let unknownToken = vocabulary.id(of: unknown.utf8) else {
      throw document.error(
        "model.unk_token", "'\(unknown.prefix(40))' is not in model.vocab", "add it there")
    }
    let length = try document.optional(
      "max_input_chars_per_word", in: value, at: "model", "a whole number from 0"
    ) { $0.token.flatMap { $0 < 0 ? nil : $0 } }
    return WordPiece(
      vocabulary: vocabulary, unknown: unknownToken,
      continuingPrefix: try text("continuing_subword_prefix", of: value, at: "model") ?? "##",
      maximumWordLength: Int(length ?? 100))
  }

  private func unigram(_ value: JSONValue) throws -> Unigram {
    let entries = try document.required(
      "vocab", in: value, at: "model", "a list of token and score", \.array)
    var tokens: [(text: String, id: Int32)] = []
    var scores: [Double] = []
    tokens.reserveCapacity(entries.count)
    scores.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      guard case .array(let pair) = entry, pair.count == 2, let text = pair[0].string,
        let score = pair[1].number
      else {
        throw document.error(
          "model.vocab.\(index)", "not a token and its score", #"write ["token", -1.5]"#)
      }
      tokens.append((text, Int32(truncatingIfNeeded: index)))
      scores.append(score)
    }
    let vocabulary = try document.vocabulary(tokens, at: "model.vocab")
    let unknown = try document.required(
      "unk_id", in: value, at: "model", "the unknown token's place in vocab", \.token)
    guard tokens.indices.contains(Int(unknown)) else {
      throw document.error(
        "model.unk_id", "\(unknown), but vocab has \(tokens.count) tokens",
        "write the unknown token's place in vocab")
    }
    return Unigram(
      vocabulary: vocabulary, scores: scores, unknown: unknown,
      fallsBackToBytes: try flag("byte_fallback", of: value, at: "model") ?? false)
  }
}

extension TokenizerDocument {
  /// Longer tokens, in bytes, and larger vocabularies, together, are refused.
  static let maximumTokenLength = 1024
  private static let maximumVocabularyBytes = 1 << 25

  /// An object of token and id, called `vocab`.
  func vocabulary(_ value: JSONValue, at path: String) throws -> SortedVocabulary {
    let entries = try required("vocab", in: value, at: path, "an object of token and id", \.object)
    return try vocabulary(entries, at: "\(path).vocab")
  }

  func vocabulary(_ entries: [(key: String, value: JSONValue)], at path: String) throws
    -> SortedVocabulary
  {
    let tokens = try entries.map { text, id in
      guard let id = id.token, (0..<Self.tokenLimit).contains(id) else {
        throw error(
          "\(path).\(text.prefix(40))", "not a token id",
          "write a whole number from 0 to \(Self.tokenLimit - 1)")
      }
      return (text: text, id: id)
    }
    var byID: [Int32: String] = [:]
    for (text, id) in tokens {
      if let other = byID.updateValue(text, forKey: id), !other.utf8.elementsEqual(text.utf8) {
        throw error(
          "\(path).\(text.prefix(40))", "\(id) is the id of '\(other.prefix(40))' already",
          "give each token its own")
      }
    }
    return try vocabulary(tokens, at: path)
  }

  /// - Throws: `TokenizerError` when a token comes twice, or is too long.
  func vocabulary(_ tokens: [(text: String, id: Int32)], at path: String) throws
    -> SortedVocabulary
  {
    var bytes = 0
    for (text, _) in tokens {
      bytes += text.utf8.count
      guard text.utf8.count <= Self.maximumTokenLength, bytes <= Self.maximumVocabularyBytes else {
        throw error(
          "\(path).\(text.prefix(40))",
          "the token has more than \(Self.maximumTokenLength) bytes, "
            + "or all together more than \(Self.maximumVocabularyBytes)",
          "is this the tokenizer's own file?")
      }
    }
    let vocabulary = SortedVocabulary(tokens)
    guard vocabulary.count == tokens.count else {
      var seen: Set<[UInt8]> = []
      let twice = tokens.first { !seen.insert(Array($0.text.utf8)).inserted }
      throw error(
        "\(path).\((twice?.text ?? "").prefix(40))", "the token comes twice", "write it once")
    }
    return vocabulary
  }
}
