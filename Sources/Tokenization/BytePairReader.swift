import Foundation

/// Reads byte-pair models from `tokenizer.json`, or from `vocab.json` and `merges.txt`.
struct BytePairReader {
  let document: TokenizerDocument

  /// The `model` of a `tokenizer.json`.
  func model(_ value: JSONValue) throws -> BytePairs {
    func text(_ key: String) throws -> String? {
      try document.optional(key, in: value, at: "model", "a text", \.string)
    }
    func flag(_ key: String) throws -> Bool {
      try document.optional(key, in: value, at: "model", "true or false", \.boolean) ?? false
    }
    let dropout = try document.optional("dropout", in: value, at: "model", "a number", \.number)
    guard (dropout ?? 0) == 0 else {
      throw document.error(
        "model.dropout", "\(dropout ?? 0) makes tokens a matter of chance", "write null")
    }
    let vocabulary = try document.vocabulary(value, at: "model")
    var options = BytePairs.Options(
      fusesUnknown: try flag("fuse_unk"), fallsBackToBytes: try flag("byte_fallback"),
      ignoresMerges: try flag("ignore_merges"),
      continuingPrefix: Array((try text("continuing_subword_prefix") ?? "").utf8),
      wordSuffix: Array((try text("end_of_word_suffix") ?? "").utf8))
    if let unknown = try text("unk_token") {
      guard let token = vocabulary.id(of: unknown.utf8) else {
        throw document.error(
          "model.unk_token", "'\(unknown.prefix(40))' is not in model.vocab", "add it there")
      }
      options.unknown = token
    }
    let values = try document.required(
      "merges", in: value, at: "model", "a list of pairs of tokens", \.array)
    let merges = try merges(
      values.enumerated().map { index, value in
        guard let pair = Self.pair(value) else {
          throw document.error(
            "model.merges.\(index)", "not a pair of tokens", #"write "a b" or ["a", "b"]"#)
        }
        return pair
      }, vocabulary, prefix: options.continuingPrefix,
      error: { document.error("model.merges.\($0)", $1, $2) })
    return BytePairs(vocabulary: vocabulary, merges: merges, options: options)
  }

  /// `"a b"` or `["a", "b"]`.
  private static func pair(_ value: JSONValue) -> (String, String)? {
    switch value {
    case .string(let text): pair(text)
    case .array(let parts):
      parts.count == 2 ? parts[0].string.flatMap { a in parts[1].string.map { (a, $0) } } : nil
    default: nil
    }
  }

  /// Two texts with one space between them.
  private static func pair(_ text: some StringProtocol) -> (String, String)? {
    let parts = text.utf8.split(separator: 32, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
  }

  /// RoBERTa's files: `vocab.json`, which `document` is, and `merges.txt`.
  func model(merges file: URL, unknown: String) throws -> BytePairs {
    let vocabulary = try document.vocabulary(document.root.object ?? [], at: "")
    let lines = try TokenizerDocument.lines(of: file)
    var pairs: [(String, String)] = []
    /// From 1, of each pair.
    var numbers: [Int] = []
    for (index, line) in lines.enumerated() where !line.hasPrefix("#version") {
      guard let pair = Self.pair(line) else {
        throw TokenizerError(
          file: file.path, line: index + 1, problem: "not two tokens with a space between them",
          remedy: "fetch the file again")
      }
      pairs.append(pair)
      numbers.append(index + 1)
    }
    let merges = try merges(pairs, vocabulary, prefix: []) {
      TokenizerError(file: file.path, line: numbers[$0], problem: $1, remedy: $2)
    }
    return BytePairs(
      vocabulary: vocabulary, merges: merges,
      options: BytePairs.Options(unknown: vocabulary.id(of: unknown.utf8)))
  }

  /// - Parameter error: of the merge at an index, its problem and remedy.
  private func merges(
    _ pairs: some Sequence<(String, String)>, _ vocabulary: SortedVocabulary, prefix: [UInt8],
    error: (Int, String, String) -> TokenizerError
  ) throws -> PairMerges {
    var merges: [PairMerges.Merge] = []
    func token(_ text: some Sequence<UInt8>) throws -> Int32 {
      guard let token = vocabulary.id(of: text) else {
        let name = String(decoding: Array(text), as: UTF8.self).prefix(40)
        throw error(merges.count, "'\(name)' is not in the vocabulary", "add it, or drop the merge")
      }
      return token
    }
    for (left, right) in pairs {
      guard right.utf8.count >= prefix.count else {
        throw error(merges.count, "its second token has no prefix", "add it, or drop the merge")
      }
      merges.append(
        PairMerges.Merge(
          left: try token(left.utf8), right: try token(right.utf8),
          whole: try token(Array(left.utf8) + right.utf8.dropFirst(prefix.count))))
    }
    do {
      return try PairMerges(merges)
    } catch let duplicate as PairMerges.Duplicate {
      throw error(duplicate.rank, "the pair comes twice", "write it once")
    }
  }
}
