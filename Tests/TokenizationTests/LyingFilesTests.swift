import Foundation
import Testing

@testable import Tokenization

/// Byte-pair and Unigram files that lie: an error that names file and key.
@Suite struct LyingFilesTests {
  /// The error of a fixture with one part replaced.
  private func outcome(_ family: String, _ part: String, _ change: (inout [String: Any]) -> Void)
    throws -> String
  {
    try Fixture.outcome("families/\(family)") { document in
      var value = document[part] as? [String: Any] ?? [:]
      change(&value)
      document[part] = value
    }
  }

  private func model(_ family: String, _ key: String, _ value: Any) throws -> String {
    try outcome(family, "model") { $0[key] = value }
  }

  @Test func bytePairs() throws {
    let cases: [(String, Any, String)] = [
      ("dropout", 0.1, "model.dropout: 0.1 makes tokens a matter of chance"),
      ("unk_token", "<no>", "model.unk_token: '<no>' is not in model.vocab"),
      ("vocab", [1, 2], "model.vocab: not an object of token and id"),
      ("vocab", ["a": 0, "b": 0], "0 is the id of '"), ("vocab", ["a": 1 << 24], "not a token id"),
      ("vocab", ["a": 1.5], "model.vocab.a: not a token id"),
      ("vocab", [String(repeating: "a", count: 1025): 0], "the token has more than 1024 bytes"),
      ("merges", "a b", "model.merges: not a list"), ("merges", [1], "model.merges.0: not a pair"),
      ("merges", ["a b", "a b c"], "model.merges.1: not a pair of tokens"),
      ("merges", [["a"]], "model.merges.0: not a pair"),
      ("merges", [["a", "\u{3042}"]], "model.merges.0: '\u{3042}' is not in the vocabulary"),
      ("merges", ["e r", "q \u{120}"], "model.merges.1: 'q\u{120}' is not in the vocabulary"),
      ("merges", ["e r", "o n", "e r"], "model.merges.2: the pair comes twice"),
      ("fuse_unk", "no", "model.fuse_unk: not true or false"),
    ]
    for (key, value, expected) in cases {
      let found = try model("roberta", key, value)
      #expect(found.contains("tokenizer.json: ") && found.contains(expected), "\(found)")
    }
    #expect(try model("roberta", "dropout", 0) == "loaded")
    let short = try outcome("words", "model") { $0["merges"] = [["t@@", "h"]] }
    #expect(short.contains("model.merges.0: "), "\(short)")
  }

  @Test func unigram() throws {
    let cases: [(String, Any, String)] = [
      ("vocab", ["a": 1], "model.vocab: not a list of token and score"),
      ("vocab", [["a"]], "model.vocab.0: not a token and its score"),
      ("vocab", [["a", "x"]], "model.vocab.0: not a token and its score"),
      ("vocab", [["<s>", 0], ["b", 0], ["b", -1]], "model.vocab.b: the token comes twice"),
      ("unk_id", NSNull(), "model.unk_id: missing"), ("unk_id", -1, "model.unk_id: -1, but vocab"),
      ("unk_id", 1 << 20, "model.unk_id: 1048576, but vocab has"),
    ]
    for (key, value, expected) in cases {
      let found = try model("xlm-roberta", key, value)
      #expect(found.contains("tokenizer.json: ") && found.contains(expected), "\(found)")
    }
    let text = #"{"model":{"type":"Unigram","unk_id":0,"vocab":[["a",NaN]]}}"#
    #expect(try Fixture.outcome(["tokenizer.json": Data(text.utf8)]).contains("not a JSON value"))
  }

  @Test func stages() throws {
    func load(_ part: String, _ value: [String: Any]) throws -> String {
      try Fixture.outcome("families/symbols") { $0[part] = value }
    }
    func deep(_ type: String, _ key: String) -> [String: Any] {
      (0..<20).reduce(["type": type, key: [Any]()]) { inner, _ in ["type": type, key: [inner]] }
    }
    let cases: [(String, [String: Any], String)] = [
      ("normalizer", ["type": "Prepend"], "normalizer.prepend: missing"),
      (
        "normalizer", ["type": "Replace", "pattern": ["String": ""], "content": "a"],
        "normalizer.pattern.String: it has 0 bytes"
      ),
      (
        "normalizer", ["type": "Replace", "pattern": ["Regex": "a*"], "content": "b"],
        "normalizer.pattern.Regex: it can match nothing at all"
      ),
      ("normalizer", ["type": "Precompiled", "precompiled_charsmap": "!"], "not base 64"),
      ("normalizer", ["type": "Precompiled", "precompiled_charsmap": NSNull()], "missing"),
      ("normalizer", deep("Sequence", "normalizers"), "nested more than 8 levels"),
      (
        "normalizer", ["type": "Sequence", "normalizers": [["type": "NFC"], ["type": "NFX"]]],
        "normalizer.normalizers.1: 'NFX' is not supported"
      ),
      ("pre_tokenizer", deep("Sequence", "pretokenizers"), "nested more than 8 levels"),
      (
        "pre_tokenizer", ["type": "Metaspace", "replacement": "ab"],
        "pre_tokenizer.replacement: not a text of one character"
      ),
      (
        "pre_tokenizer",
        [
          "type": "Metaspace", "replacement": "_", "prepend_scheme": "first",
          "add_prefix_space": false,
        ], "pre_tokenizer.add_prefix_space: false, but prepend_scheme is first"
      ),
      (
        "pre_tokenizer", ["type": "Punctuation", "behavior": "Dropped"],
        "pre_tokenizer.behavior: not one of Removed, Isolated"
      ),
      (
        "pre_tokenizer",
        ["type": "Split", "pattern": ["Regex": "(?<=a)b"], "behavior": "Isolated"],
        "pre_tokenizer.pattern.Regex: this kind of group at place 2 is not supported"
      ),
      (
        "post_processor", ["type": "RobertaProcessing", "sep": ["</s>", -2], "cls": ["<s>", 0]],
        "post_processor.sep: -2 is no token id"
      ),
      (
        "post_processor",
        [
          "type": "Sequence",
          "processors": Array(
            repeating: ["type": "BertProcessing", "sep": ["a", 1], "cls": ["b", 2]], count: 2),
        ], "post_processor.processors.1: a second one that adds special tokens"
      ),
    ]
    for (part, value, expected) in cases {
      let found = try load(part, value)
      #expect(found.contains("tokenizer.json: ") && found.contains(expected), "\(found)")
    }
    let gap = try Fixture.outcome("families/symbols") { document in
      document["added_tokens"] = [["id": 500, "content": "<new>"]]
    }
    #expect(gap.contains("added_tokens.0.id: 500, but the next token"), "\(gap)")
    let twice = try Fixture.outcome("families/roberta") { document in
      document["added_tokens"] = Array(repeating: ["id": 0, "content": "<s>"], count: 2)
    }
    #expect(twice.contains("added_tokens.1.content: '<s>' is added_tokens.0"), "\(twice)")
  }

  @Test(arguments: [
    "(", "a)", "[a", "a{2", "a{3,2}", "a{9999}", "\\", "\\p{Han}", "\\p{L", "(?i:\u{E9})", "^a",
    "a$",
    "a++", "*", "[[:alpha:]]", "[a&&b]", "(?=ab)c", "\\1", "[b-a]", "(?<n>a)", "((a|b?)+)",
    String(repeating: "(", count: 40) + "a" + String(repeating: ")", count: 40),
    String(repeating: "a", count: 5000), "(?:a{900}){900}",
  ])
  func refusedPatterns(pattern: String) {
    #expect(throws: RegularExpression.Failure.self) { try TextPattern(expression: pattern) }
  }

  /// Every byte of a small map changed, and every length: an error, or a map that can be searched.
  @Test func damagedCharacterMaps() throws {
    let file = Fixture.folder.appendingPathComponent("families/xlm-roberta/tokenizer.json")
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    let text = (document?["normalizer"] as? [String: Any])?["precompiled_charsmap"] as? String
    let data = try #require(text.flatMap { Data(base64Encoded: $0) })
    let bytes = [UInt8](data)
    #expect(throws: Never.self) { try CharacterMap(bytes) }
    let probe = Array("\u{1}a\u{FB01}\r\n\u{A0}e\u{301}\u{FF21}\u{1100}\u{1161}".utf8)
    var refused = 0
    for index in 0..<bytes.count {
      for damaged in [
        Array(bytes[..<index]),
        Array(bytes[..<index]) + [bytes[index] ^ 0xFF] + Array(bytes[(index + 1)...]),
        Array(bytes[..<index]) + [bytes[index] ^ 0x01] + Array(bytes[(index + 1)...]),
      ] {
        guard let map = try? CharacterMap(damaged) else {
          refused += 1
          continue
        }
        var text = AlignedText(probe.span, range: probe.indices, isTracked: true)
        PrecompiledNormalizer(map).normalize(&text)
        #expect(String(validating: text.bytes, as: UTF8.self) != nil)
      }
    }
    #expect(refused > bytes.count)
  }

  @Test func robertaFiles() throws {
    let folder = Fixture.folder.appendingPathComponent("families/roberta-files")
    let vocabulary = try Data(contentsOf: folder.appendingPathComponent("vocab.json"))
    let merges = try Data(contentsOf: folder.appendingPathComponent("merges.txt"))
    func load(_ merges: Data, _ configuration: String = "{}") throws -> String {
      try Fixture.outcome([
        "vocab.json": vocabulary, "merges.txt": merges,
        "tokenizer_config.json": Data(configuration.utf8),
      ])
    }
    #expect(try load(merges) == "loaded")
    #expect(try load(merges + Data("x\n".utf8)).contains("not two tokens with a space between"))
    let unknown = try load(Data("#version: 0.2\ne r\nq \u{120}\n".utf8))
    #expect(unknown.contains("merges.txt:3: 'q\u{120}' is not in the vocabulary"), "\(unknown)")
    let type = try load(merges, #"{"tokenizer_class":"GPT2Tokenizer"}"#)
    #expect(type.contains("tokenizer_class: 'GPT2Tokenizer' is not supported"), "\(type)")
    let name = try load(merges, #"{"cls_token":"<none>"}"#)
    #expect(name.contains("cls_token: the token '<none>' is not in the vocabulary"), "\(name)")
    let sentencePiece = try Fixture.outcome(["sentencepiece.bpe.model": Data([10])])
    #expect(
      sentencePiece.contains("sentencepiece.bpe.model: a SentencePiece model is not read")
        && sentencePiece.contains("save_pretrained"), "\(sentencePiece)")
  }
}
