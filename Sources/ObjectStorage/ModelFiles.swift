import Foundation

/// Which files of a model directory count, and so are fetched and go into its digest.
///
/// Some files name others (an index its shards, `modules.json` its folders), so they are asked for
/// in rounds, the same ones wherever the directory is.
struct ModelFiles {
  static let weights = "model.safetensors"
  static let index = "model.safetensors.index.json"
  static let pickle = "pytorch_model.bin"
  private static let maximumShards = 1000
  private static let maximumModules = 32
  private static let maximumDocumentBytes = 64 << 20

  private static let first = [
    "1_Pooling/config.json", "added_tokens.json", "config.json", "merges.txt", weights,
    "modules.json", "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json",
    "vocab.json", "vocab.txt",
  ]

  /// For messages.
  let source: String
  private(set) var asked: Set<String> = []

  init(source: String) { self.source = source }

  /// The files to look for next, sorted; empty when there are no more.
  /// - Parameters:
  ///   - present: Those of the files asked for so far that are there.
  ///   - read: The bytes of one of them.
  /// - Throws: `SourceError` when a file that names others makes no sense.
  mutating func next(present: Set<String>, read: (String) throws -> Data) throws -> [String] {
    var wanted = Set(Self.first)
    if !asked.isEmpty {
      // With both, what `special_tokens_map.json` says is in them.
      if !present.isSuperset(of: ["tokenizer.json", "tokenizer_config.json"]) {
        wanted.insert("special_tokens_map.json")
      }
      if present.contains("modules.json") {
        wanted.formUnion(try modules(read("modules.json")).map { $0 + "/config.json" })
      }
      if !present.contains(Self.weights) { wanted.insert(Self.index) }
      if present.contains(Self.index) { wanted.formUnion(try shards(read(Self.index))) }
    }
    wanted.subtract(asked)
    asked.formUnion(wanted)
    return wanted.sorted()
  }

  /// - Parameter hasPickle: Whether there is `pytorch_model.bin`; asked only when it matters.
  /// - Throws: `SourceError` naming what a model directory lacks.
  func requireWhole(
    present: Set<String>, read: (String) throws -> Data, hasPickle: () throws -> Bool
  ) throws {
    let usual = "name a Hugging Face model directory (config.json, model.safetensors, tokenizer)"
    guard present.contains("config.json") else {
      throw SourceError(source: source, problem: "it has no config.json", remedy: usual)
    }
    if present.contains(Self.weights) { return }
    guard present.contains(Self.index) else {
      throw SourceError(
        source: source, problem: "it has no \(Self.weights) and no \(Self.index)",
        remedy: try hasPickle()
          ? "its weights are in \(Self.pickle): load them with transformers and save them with "
            + "model.save_pretrained(FOLDER, safe_serialization=True)" : usual)
    }
    for shard in try shards(read(Self.index)) where !present.contains(shard) {
      throw SourceError(
        source: source, problem: "it has no \(shard), which \(Self.index) names",
        remedy: "put the missing file there, or save the model again")
    }
  }

  private func shards(_ bytes: Data) throws -> [String] {
    struct Index: Decodable {
      enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }

      var weightMap: [String: String]
    }
    let names: Set<String>
    do {
      names = Set(try decode(Index.self, bytes).weightMap.values)
    } catch {
      throw wrong(Self.index, "its weight_map cannot be read")
    }
    guard (1...Self.maximumShards).contains(names.count) else {
      throw wrong(Self.index, "it names \(names.count) files, not 1 to \(Self.maximumShards)")
    }
    for name in names where !RelativePath.isSafe(name) || !name.hasSuffix(".safetensors") {
      throw wrong(Self.index, "it names '\(name.prefix(100))', which is no .safetensors file in it")
    }
    return names.sorted()
  }

  private func modules(_ bytes: Data) throws -> [String] {
    struct Module: Decodable { var path: String }
    let modules: [Module]
    do { modules = try decode([Module].self, bytes) } catch {
      throw wrong("modules.json", "its list of modules with their paths cannot be read")
    }
    guard modules.count <= Self.maximumModules else {
      throw wrong("modules.json", "it names more than \(Self.maximumModules) modules")
    }
    let paths = modules.map(\.path).filter { !$0.isEmpty }
    for path in paths where !RelativePath.isSafe(path) {
      throw wrong("modules.json", "it names '\(path.prefix(100))', which is no folder in it")
    }
    return paths
  }

  private func decode<T: Decodable>(_ type: T.Type, _ bytes: Data) throws -> T {
    try JSONDecoder().decode(type, from: bytes)
  }

  /// A file that names others.
  /// - Throws: `SourceError` when it cannot be read or is too long.
  static func read(_ place: URL, name: String, source: String) throws -> Data {
    var status = stat()
    guard stat(place.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      Int(status.st_size) <= maximumDocumentBytes, let bytes = try? Data(contentsOf: place)
    else {
      throw SourceError(
        source: "\(source) (\(name))",
        problem: "it cannot be read, or is longer than \(maximumDocumentBytes) bytes",
        remedy: "check its permissions; save the model again with its own library")
    }
    return bytes
  }

  private func wrong(_ file: String, _ problem: String) -> SourceError {
    SourceError(
      source: "\(source) (\(file))", problem: problem,
      remedy: "save the model again with its own library")
  }
}
