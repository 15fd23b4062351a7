import Foundation
import Testing

@testable import Tokenization

/// Token-for-token agreement with Hugging Face `tokenizers`.
@Suite struct AgreementTests {
  @Test(arguments: ["small", "small-vocabulary"])
  func uncasedTextsOnASmallVocabulary(folder: String) throws {
    let tokenizer = try Tokenizer(directory: Fixture.folder.appendingPathComponent(folder))
    Fixture.check(tokenizer, try Fixture.read(Fixture.Cases.self, "small.json"))
  }

  @Test func casedTextsWithAccentsAndAddedWords() throws {
    let tokenizer = try Tokenizer(directory: Fixture.folder.appendingPathComponent("cased"))
    Fixture.check(tokenizer, try Fixture.read(Fixture.Cases.self, "cased.json"))
  }

  @Test(.enabled(if: Fixture.hasMiniLM))
  func textsOnMiniLMsVocabulary() throws {
    let tokenizer = try Tokenizer(directory: Fixture.miniLM)
    Fixture.check(tokenizer, try Fixture.read(Fixture.Cases.self, "minilm.json"))
  }

  @Test(arguments: ["uncased", "cased"])
  func everyUnicodeScalar(kind: String) throws {
    let expected = try #require(try Fixture.read([String: [String]].self, "scalars.json")[kind])
    #expect(expected.count == 272)
    let normalizer = BertNormalizer(lowercases: kind == "uncased")
    let preTokenizer = BertPreTokenizer()
    for (block, digest) in expected.enumerated() {
      var form: [UInt8] = []
      for code in UInt32(block * 4096)..<UInt32((block + 1) * 4096) {
        guard let scalar = Unicode.Scalar(code) else { continue }
        var text: [UInt8] = []
        normalizer.normalize(Array("a\(scalar)b".utf8).span, into: &text)
        form += text
        var cut = CutText(
          text: AlignedText(text.span, range: text.indices, isTracked: false),
          pieces: [TextPiece(range: text.indices)])
        preTokenizer.cut(&cut)
        for word in cut.pieces { form += [0x1F] + text[word.range] }
        form.append(0x1E)
      }
      #expect(SHA256.hexadecimal(form) == digest, "scalars from \(block * 4096)")
    }
  }

  @Test(arguments: ["NFC", "NFD", "NFKC", "NFKD", "StripAccents", "ByteLevel"])
  func everyUnicodeScalarInContext(kind: String) throws {
    let expected = try #require(try Fixture.read([String: [String]].self, "scalars.json")[kind])
    #expect(expected.count == 272)
    let normalizer: (any TextNormalizer)? =
      UnicodeNormalizer.Form(rawValue: kind).map { UnicodeNormalizer($0) }
      ?? (kind == "StripAccents" ? StripAccentsNormalizer() : nil)
    for (block, digest) in expected.enumerated() {
      var form: [UInt8] = []
      for code in UInt32(block * 4096)..<UInt32((block + 1) * 4096) {
        guard let scalar = Unicode.Scalar(code) else { continue }
        var text = AlignedText(
          untracked: Array("a\(scalar)\u{323}\u{301} \(scalar)\(scalar)1 \n\(scalar)b".utf8))
        if let normalizer {
          normalizer.normalize(&text)
          form += text.bytes
        } else {
          var matches: [Range<Int>] = []
          ByteLevelPattern.matches(in: text.bytes.span, text.bytes.indices, &matches)
          form += matches.map { text.bytes[$0] }.joined(separator: [0x1F])
        }
        form.append(0x1E)
      }
      #expect(SHA256.hexadecimal(form).prefix(16) == digest, "scalars from \(block * 4096)")
    }
  }

  @Test(.enabled(if: Fixture.hasMiniLM && Fixture.hasWordNet))
  func everyGlossOfWordNet() throws {
    struct Digests: Decodable {
      var glosses: Int
      var glossDigests: [String]
    }
    let expected = try Fixture.read(Digests.self, "minilm.json")
    let glosses = try Self.glosses()
    #expect(glosses.count == expected.glosses && glosses.count > 100_000)
    let tokenizer = try Tokenizer(directory: Fixture.miniLM)
    for (index, digest) in expected.glossDigests.enumerated() {
      let part = glosses.dropFirst(index * 1000).prefix(1000)
      #expect(Self.digest(of: part, tokenizer) == digest, "glosses from \(index * 1000)")
    }
  }

  /// Every gloss, in the order of the files, without the white space around it.
  private static func glosses() throws -> [String] {
    var glosses: [String] = []
    for part in ["adj", "adv", "noun", "verb"] {
      let file = Fixture.wordNet.appendingPathComponent("data.\(part)")
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard !line.hasPrefix("  "), let bar = line.range(of: "| ") else { continue }
        glosses.append(line[bar.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    return glosses
  }

  /// SHA-256 over each text's count of ids and the ids, as little-endian int32.
  static func digest(of texts: some Sequence<String>, _ tokenizer: Tokenizer) -> String {
    var bytes: [UInt8] = []
    for text in texts {
      let ids = tokenizer.encode(text, maximumLength: 1_000_000)
      for value in [Int32(ids.count)] + ids {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    return SHA256.hexadecimal(bytes)
  }
}
