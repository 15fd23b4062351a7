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
