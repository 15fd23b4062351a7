import Foundation
import Testing

@testable import Tokenization

/// The files that `scripts/fixtures_tokenization.py` wrote.
enum Fixture {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")
  static let repository = folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let miniLM = repository.appendingPathComponent(".cache/models/all-MiniLM-L6-v2")
  static let wordNet = URL(fileURLWithPath: "/usr/share/wordnet")

  static var hasMiniLM: Bool {
    FileManager.default.fileExists(atPath: miniLM.appendingPathComponent("tokenizer.json").path)
  }

  static var hasWordNet: Bool {
    FileManager.default.fileExists(atPath: wordNet.appendingPathComponent("data.noun").path)
  }

  static func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// The tokenizer of a folder with these files.
  static func tokenizer(_ files: [String: Data]) throws -> Tokenizer {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("nnlut-tokenizer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files { try bytes.write(to: folder.appendingPathComponent(name)) }
    return try Tokenizer(directory: folder)
  }

  /// The error of loading these files, or "loaded".
  static func outcome(_ files: [String: Data]) throws -> String {
    do {
      _ = try tokenizer(files)
      return "loaded"
    } catch let error as TokenizerError {
      return "\(error)"
    }
  }

  /// The error of loading a fixture's `tokenizer.json` after a change, or "loaded".
  static func outcome(_ name: String, _ change: (inout [String: Any]) -> Void) throws -> String {
    let file = folder.appendingPathComponent("\(name)/tokenizer.json")
    var document = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    change(&document)
    return try outcome(["tokenizer.json": JSONSerialization.data(withJSONObject: document)])
  }

  /// Texts, pairs and truncations with the ids that Hugging Face `tokenizers` gives.
  struct Cases: Decodable {
    struct Text: Decodable {
      var text: String
      var ids: [Int32]
    }
    struct Truncated: Decodable {
      var text: String
      var limit: Int
      var ids: [Int32]
    }
    struct Pair: Decodable {
      var first: String
      var second: String
      var limit: Int
      var ids: [Int32]
      var types: [Int32]
    }
    var texts: [Text]
    var pairs: [Pair]
    var truncated: [Truncated]
  }

  /// Compares `tokenizer` with everything in `cases`.
  static func check(_ tokenizer: Tokenizer, _ cases: Cases) {
    #expect(cases.texts.count > 60)
    for expected in cases.texts {
      #expect(
        tokenizer.encode(expected.text, maximumLength: 1_000_000) == expected.ids,
        "\(expected.text.debugDescription.prefix(200))")
    }
    for expected in cases.truncated {
      #expect(
        tokenizer.encode(expected.text, maximumLength: expected.limit) == expected.ids,
        "\(expected.text) cut at \(expected.limit)")
    }
    for expected in cases.pairs {
      let (tokens, types) = tokenizer.encode(
        expected.first, expected.second, maximumLength: expected.limit)
      #expect(
        tokens == expected.ids && types == expected.types,
        "\(expected.first) | \(expected.second) cut at \(expected.limit)")
    }
  }
}
