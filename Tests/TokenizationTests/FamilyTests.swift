import Foundation
import Testing

@testable import Tokenization

/// Tokens, types, offsets, words and sequences of every family, and of every stage by itself, as
/// Hugging Face `tokenizers` gives them.
@Suite struct FamilyTests {
  /// What `fixture_tokenizers.py` writes.
  struct Expected: Decodable {
    struct Pair: Decodable {
      var pair: Int
      var limit: Int
      var digest: String
    }
    struct Windows: Decodable {
      var pair: Int
      var limit: Int
      var stride: Int
      /// None: the first text leaves no room. A null is a window whose types differ by design.
      var digests: [String?]?
    }
    struct Words: Decodable {
      var words: Int
      var limit: Int
      var digest: String
    }
    var texts: [String]
    var pairs: [Pair]
    var windows: [Windows]
    var words: [Words]
  }

  struct Encodings: Decodable {
    var texts: [String]
    var pairs: [[String]]
    var words: [[String]]
    var families: [String: Expected]
  }

  struct Stage: Decodable {
    var digests: [String]
  }

  static let families = [
    "roberta", "roberta-files", "generative", "words", "fallback", "xlm-roberta", "albert",
    "unigram-bytes", "wordpiece",
  ]

  private static func folder(_ family: String) -> URL {
    Fixture.folder.appendingPathComponent("families/\(family)")
  }

  /// As the script's `digest`.
  static func digest(_ encoding: Tokenizer.Encoding) -> String {
    var values = [Int32(encoding.tokens.count)] + encoding.tokens + encoding.types
    for offsets in encoding.offsets {
      values += [Int32(offsets.lowerBound), Int32(offsets.upperBound)]
    }
    values += encoding.words + encoding.sequences.map(Int32.init)
    let bytes = values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    return String(SHA256.hexadecimal(bytes).prefix(16))
  }

  @Test(arguments: families)
  func textsAndWords(family: String) throws {
    let tokenizer = try Tokenizer(directory: Self.folder(family))
    let fixture = try Fixture.read(Encodings.self, "encodings.json")
    let expected = try #require(fixture.families[family])
    #expect(expected.texts.count == fixture.texts.count && fixture.texts.count > 100)
    for (text, digest) in zip(fixture.texts, expected.texts) {
      let encoding = tokenizer.encoding(text, maximumLength: 1_000_000)
      #expect(Self.digest(encoding) == digest, "\(text.debugDescription.prefix(200)): \(encoding)")
      #expect(tokenizer.encode(text, maximumLength: 1_000_000) == encoding.tokens)
    }
    for words in expected.words {
      let encoding = tokenizer.encoding(
        words: fixture.words[words.words], maximumLength: words.limit)
      #expect(
        Self.digest(encoding) == words.digest,
        "\(fixture.words[words.words]) to \(words.limit): \(encoding)")
    }
  }

  @Test(arguments: families)
  func pairsAndWindows(family: String) throws {
    let tokenizer = try Tokenizer(directory: Self.folder(family))
    let fixture = try Fixture.read(Encodings.self, "encodings.json")
    let expected = try #require(fixture.families[family])
    #expect(expected.pairs.count == 4 * fixture.pairs.count)
    for pair in expected.pairs {
      let (first, second) = (fixture.pairs[pair.pair][0], fixture.pairs[pair.pair][1])
      let encoding = tokenizer.encoding(first, second, maximumLength: pair.limit)
      #expect(Self.digest(encoding) == pair.digest, "\(pair): \(encoding)")
      let plain = tokenizer.encode(first, second, maximumLength: pair.limit)
      #expect(plain.tokens == encoding.tokens && plain.types == encoding.types)
    }
    for windows in expected.windows {
      let (first, second) = (fixture.pairs[windows.pair][0], fixture.pairs[windows.pair][1])
      func make() throws -> [Tokenizer.Encoding] {
        try tokenizer.windows(
          first, second, maximumLength: windows.limit, stride: windows.stride)
      }
      guard let digests = windows.digests else {
        #expect(throws: WindowError.self) { try make() }
        continue
      }
      let found = try make()
      #expect(found.count == digests.count, "\(windows)")
      for (window, digest) in zip(found, digests) where digest != nil {
        #expect(Self.digest(window) == digest, "\(windows): \(window)")
      }
    }
  }

  @Test func stages() throws {
    let fixture = try Fixture.read(Encodings.self, "encodings.json")
    let stages = try Fixture.read([Stage].self, "stages.json")
    let file = Fixture.folder.appendingPathComponent("stages.json")
    let documents = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]])
    let base = try #require(
      JSONSerialization.jsonObject(
        with: Data(contentsOf: Self.folder("symbols").appendingPathComponent("tokenizer.json")))
        as? [String: Any])
    #expect(stages.count == documents.count && stages.count > 60)
    for (stage, document) in zip(stages, documents) {
      let parts = try #require(document["parts"] as? [String: Any])
      var whole = base.merging(parts) { $1 }
      if let model = document["model"] as? [String: Any] { whole["model"] = model }
      let tokenizer = try Fixture.tokenizer([
        "tokenizer.json": JSONSerialization.data(withJSONObject: whole)
      ])
      for (text, digest) in zip(fixture.texts, stage.digests) {
        let encoding = tokenizer.encoding(text, maximumLength: 1_000_000)
        #expect(
          Self.digest(encoding) == digest,
          "\(String(describing: parts).prefix(600)) \(text.debugDescription.prefix(200)): \(encoding)"
        )
        #expect(tokenizer.encode(text, maximumLength: 1_000_000) == encoding.tokens)
      }
    }
  }

  @Test func invalidBytesAreRepairedFirst() throws {
    let tokenizer = try Tokenizer(directory: Self.folder("roberta"))
    for bytes: [UInt8] in [
      [0x61, 0xFF, 0x62], [0xC3], [0xE2, 0x82, 0x20], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    ] {
      let text = String(decoding: bytes, as: UTF8.self)
      let encoding = tokenizer.encoding(text, maximumLength: 64)
      #expect(text.unicodeScalars.contains("\u{FFFD}"))
      #expect(encoding.offsets.map(\.upperBound).max() == text.utf8.count)
      #expect(encoding.tokens == tokenizer.encode(text, maximumLength: 64))
    }
  }

  @Test func specialTokensHaveNames() throws {
    let roberta = try Tokenizer(directory: Self.folder("roberta"))
    #expect(roberta.maskToken == 4 && roberta.paddingToken == 1)
    #expect(roberta.classifierToken == 0 && roberta.separatorToken == 2)
    let wordPiece = try Tokenizer(directory: Self.folder("wordpiece"))
    #expect(wordPiece.maskToken == 4 && wordPiece.paddingToken == 0)
    #expect(wordPiece.classifierToken == 2 && wordPiece.separatorToken == 3)
    let file = Self.folder("wordpiece").appendingPathComponent("tokenizer.json")
    let named = try Fixture.tokenizer([
      "tokenizer.json": Data(contentsOf: file),
      "special_tokens_map.json": Data(#"{"mask_token":{"content":"[UNK]"}}"#.utf8),
      "tokenizer_config.json": Data(#"{"mask_token":"[PAD]","pad_token":"[SEP]"}"#.utf8),
    ])
    #expect(named.maskToken == 1 && named.paddingToken == 3 && named.classifierToken == 2)
    #expect(throws: TokenizerError.self) {
      try Fixture.tokenizer([
        "tokenizer.json": Data(contentsOf: file),
        "tokenizer_config.json": Data(#"{"mask_token":"<none>"}"#.utf8),
      ])
    }
  }
}
