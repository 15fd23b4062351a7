import Foundation
import Testing

@testable import Tokenization

/// What is missing or not supported gives an error that names file and key.
@Suite struct FilesTests {
  private func tokenizer(_ change: (inout [String: Any]) -> Void) throws -> String {
    try Fixture.outcome("small", change)
  }

  private func load(_ files: [String: Data]) throws -> String { try Fixture.outcome(files) }

  @Test(arguments: [
    ("normalizer", "Upper", "normalizer: 'Upper' is not supported; supported: BertN"),
    ("pre_tokenizer", "Jieba", "pre_tokenizer: 'Jieba' is not supported; supported: BertP"),
    ("post_processor", "T5", "post_processor: 'T5' is not supported; supported: TemplateP"),
    ("model", "WordLevel", "model.type: 'WordLevel' is not supported; supported: WordPiece, BPE"),
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
    ("{\"a\":\"\\ud800\\ud800\"}", "a lone surrogate"),
    ("{\"a\":\"\\udbff\\u0041\"}", "a lone surrogate"),
    ("{\"a\":\"b", "a string is not closed"), ("{\"a\":+1}", "not a JSON value"),
    ("{}", "model: missing; add a WordPiece, BPE or Unigram model"),
    ("{\"a\":01}", "not a JSON value"),
    ("{\"a\":1e999}", "not a JSON value"), ("{\"a\":-}", "not a JSON value"),
  ])
  func brokenJSON(text: String, expected: String) throws {
    let found = try load(["tokenizer.json": Data(text.utf8)])
    #expect(found.contains(expected), "\(found)")
  }

  @Test func deepJSON() throws {
    let found = try load([
      "tokenizer.json": Data(("{\"a\":" + String(repeating: "[", count: 1_000_000)).utf8)
    ])
    #expect(found.contains("nested more than 64 levels"), "\(found.prefix(200))")
  }

  @Test func brokenVocabularies() throws {
    #expect(try load([:]).contains("vocab.txt: cannot read the file"))
    let missing = try load(["vocab.txt": Data("[UNK]\n[CLS]\n".utf8)])
    #expect(missing.contains("sep_token: the token '[SEP]' is not in the vocabulary"), "\(missing)")
    let bytes = try load(["vocab.txt": Data([97, 10, 0xFF, 10])])
    #expect(bytes.contains("vocab.txt:2: the line is not valid UTF-8"), "\(bytes)")
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
}
