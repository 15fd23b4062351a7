import Foundation
import Testing

@testable import Tokenization

/// What is missing or not supported gives an error that names file and key.
@Suite struct FilesTests {
  private func tokenizer(_ change: (inout [String: Any]) -> Void) throws -> String {
    let file = Fixture.folder.appendingPathComponent("small/tokenizer.json")
    var document = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    change(&document)
    return try load(["tokenizer.json": JSONSerialization.data(withJSONObject: document)])
  }

  /// The error's text, or "loaded".
  private func load(_ files: [String: Data]) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("nnlut-tokenizer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files { try bytes.write(to: folder.appendingPathComponent(name)) }
    do {
      _ = try Tokenizer(directory: folder)
      return "loaded"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [
    ("normalizer", "Lowercase", "normalizer: 'Lowercase' is not supported; supported: BertN"),
    ("pre_tokenizer", "ByteLevel", "pre_tokenizer: 'ByteLevel' is not supported"),
    ("post_processor", "RobertaProcessing", "post_processor: 'RobertaProcessing' is not"),
    ("model", "BPE", "model.type: 'BPE' is not supported; supported: WordPiece"),
  ])
  func unsupportedParts(key: String, type: String, expected: String) throws {
    let found = try tokenizer { $0[key] = ["type": type] }
    #expect(found.contains("tokenizer.json: ") && found.contains(expected), "\(found)")
  }

  @Test func lyingParts() throws {
    let unknown = try tokenizer {
      $0["model"] = ["type": "WordPiece", "unk_token": "<unk>", "vocab": ["a": 0]]
    }
    #expect(unknown.contains("model.unk_token: '<unk>' is not in model.vocab"), "\(unknown)")
    let id = try tokenizer { $0["model"] = ["type": "WordPiece", "vocab": ["a": -1]] }
    #expect(id.contains("model.vocab.a: not a token id"), "\(id)")
    let vocabulary = try tokenizer { $0["model"] = ["type": "WordPiece"] }
    #expect(vocabulary.contains("model.vocab: missing"), "\(vocabulary)")
    let added = try tokenizer { $0["added_tokens"] = [["id": 9, "content": "[CLS]"]] }
    #expect(added.contains("added_tokens.0.id: 9, but '[CLS]' is 2"), "\(added)")
    let flag = try tokenizer { $0["normalizer"] = ["type": "BertNormalizer", "lowercase": "yes"] }
    #expect(flag.contains("normalizer.lowercase: not true or false"), "\(flag)")
    #expect(try tokenizer { _ in } == "loaded")
  }

  @Test(arguments: [
    ("{\"a\": 1,\n", "tokenizer.json:2: a key in quotes is missing"),
    ("{}\n{}", "tokenizer.json:2: text follows"), ("[]", "tokenizer.json:1: not a JSON object"),
    ("{\"a\":\"\\ud800\"}", "a lone surrogate"), ("", "the file ends early"),
    ("{\"a\":" + String(repeating: "[", count: 1_000_000), "nested more than 64 levels"),
    ("{\"a\":\"b", "a string is not closed"), ("{\"a\":+1}", "not a JSON value"),
    ("{}", "model: missing; add a WordPiece model"),
  ])
  func brokenJSON(text: String, expected: String) throws {
    let found = try load(["tokenizer.json": Data(text.utf8)])
    #expect(found.contains(expected), "\(found)")
  }

  @Test func brokenVocabularies() throws {
    #expect(try load([:]).contains("vocab.txt: cannot read the file"))
    let missing = try load(["vocab.txt": Data("[UNK]\n[CLS]\n".utf8)])
    #expect(missing.contains("sep_token: the token '[SEP]' is not in the vocabulary"), "\(missing)")
    let bytes = try load(["vocab.txt": Data([97, 10, 0xFF, 10])])
    #expect(bytes.contains("vocab.txt:2: the token is not valid UTF-8"), "\(bytes)")
    let all = Data("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n".utf8)
    #expect(try load(["vocab.txt": all]) == "loaded")
    let type = try load([
      "vocab.txt": all, "tokenizer_config.json": Data(#"{"tokenizer_class":"T5Tokenizer"}"#.utf8),
    ])
    #expect(type.contains("tokenizer_class: 'T5Tokenizer' is not supported"), "\(type)")
  }

  @Test func canonicallyEquivalentTokensStayApart() throws {
    let text = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n\u{E9}\ne\u{301}\n"
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("nnlut-tokenizer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(text.utf8).write(to: folder.appendingPathComponent("vocab.txt"))
    let configuration = folder.appendingPathComponent("tokenizer_config.json")
    try Data(#"{"do_lower_case":false}"#.utf8).write(to: configuration)
    let tokenizer = try Tokenizer(directory: folder)
    #expect(tokenizer.encode("\u{E9} e\u{301}", maximumLength: 8) == [2, 5, 6, 3])
  }

  @Test func aMillionCharactersTakeAMoment() throws {
    let tokenizer = try Tokenizer(directory: Fixture.folder.appendingPathComponent("small"))
    let texts = [
      String(repeating: "a", count: 1_000_000),
      String(repeating: "word, caf\u{E9} ", count: 83_000),
      String(repeating: "\u{1D165}", count: 1_000_000), String(repeating: "[", count: 1_000_000),
    ]
    let duration = ContinuousClock().measure {
      for text in texts {
        #expect(tokenizer.encode(text, maximumLength: .max).count >= 3)
        #expect(tokenizer.encode(text, maximumLength: 16).count <= 16)
        #expect(tokenizer.encode(text, maximumLength: 0) == [2, 3])
      }
    }
    // 24 MB or so; at least 1 MB a second, also on a busy core.
    #expect(duration < .seconds(24), "\(duration)")
  }
}
