import Evaluation
import Foundation
import Testing

/// Damaged files give a data set or an error, and never anything else. `FUZZ_INPUTS` sets how many of
/// each kind are tried (300 without it), `FUZZ_SEED` which.
@Suite struct MutationTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
    }
  }

  /// The kind, the file that is damaged, its text, and what else is there.
  private static let samples:
    [(kind: String, name: String, text: String, others: [String: String])] =
      [
        ("classification", "dev.tsv", "sentence\tlabel\nA \"b\" c\t1\n\"d \"\"e\"\t0\n", [:]),
        ("classification", "dev.tsv", "gj04\t1\t\tA b.\ngj05\t0\t*\tC \u{E9}.\n", [:]),
        ("classification", "stsa.binary.dev", "1 a b\n0 c\n", [:]),
        ("regression", "dev.csv", "text,pair,score\n\"a, \"\"b\"\"\r\n\",c,1.5\r\nd,e,-2e3\n", [:]),
        ("similarity", "dev.csv", "a,b,1\n\"c\",d,2\n", [:]),
        (
          "classification", "dev.jsonl",
          #"{"text":"a\u00e9\ud83d\ude00\n","label":1,"x":[1.5e-3,{"y":null}]}"#
            + "\n{\"text\":\"b\",\"label\":false}\n", [:]
        ),
        (
          "classification", "dev.json",
          "[{\"text\":\"a\",\"label\":1},\n {\"text\":\"b\",\"label\":0}]", [:]
        ),
        (
          "classification", "head.json", #"{"labels":["n","p"],"weight":[[1,2]],"bias":[0]}"#,
          ["dev.tsv": "n\ta\n"]
        ),
        ("token-classification", "dev.conll", "-DOCSTART- O\n\na B-X\nb\tI-X\n\nc O\n", [:]),
        (
          "token-classification", "dev.jsonl",
          #"{"tokens":["a","\u00e9"],"ner_tags":["O","B-X"]}"#, [:]
        ),
        (
          "question-answering", "dev-v2.0.json",
          #"{"version":"v2.0","data":[{"paragraphs":[{"context":"é 😀 b c","qas":[{"id":"1","question":"Q","answers":[{"text":"b","answer_start":4}],"is_impossible":false},{"id":"2","question":"R","answers":[],"is_impossible":true}]}]}]}"#,
          [:]
        ),
        (
          "question-answering", "dev.jsonl",
          #"{"id":"a","context":"b c","question":"Q","answers":{"text":["c"],"answer_start":[2]}}"#,
          [:]
        ),
        ("masked-language-modelling", "dev.txt", "a b\n\nc \u{E9}\n", [:]),
        (
          "retrieval", "corpus.jsonl",
          #"{"_id":"d","title":"T","text":"t"}"# + "\n" + #"{"_id":"e","text":"\u0041"}"#,
          [
            "queries.jsonl": #"{"_id":"q","text":"t"}"#,
            "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\td\t1\n",
          ]
        ),
        (
          "retrieval", "qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\td\t1\nq\te\t0\n",
          [
            "queries.jsonl": #"{"_id":"q","text":"t"}"#,
            "corpus.jsonl": #"{"_id":"d","text":"t"}"# + "\n" + #"{"_id":"e","text":"u"}"#,
          ]
        ),
      ]

  private static let pieces: [[UInt8]] = [
    [0], [0xFF], [0xC3], [0xE2, 0x80], [0xF0, 0x9F], [13], [10], [9], [34], [34, 34], [92],
    [92, 117],
    Array("\\ud800".utf8), Array("[".utf8), Array("{".utf8), Array("]".utf8), Array("}".utf8),
    Array(",".utf8), Array("-1".utf8), Array("1e999".utf8), Array("99999999999999999999".utf8),
    Array("null".utf8), [0xEF, 0xBB, 0xBF], Array("nan".utf8), Array("label".utf8),
  ]

  private static func mutated(_ bytes: [UInt8], _ generator: inout Generator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 0...6, using: &generator))
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes.removeSubrange(place..<end)
      case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
      case 3:
        if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
      default:
        bytes.replaceSubrange(place..<end, with: pieces.randomElement(using: &generator) ?? [])
      }
    }
    return bytes
  }

  @Test(arguments: samples.indices) func damagedFiles(sample: Int) throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 4
    var generator = Generator(state: seed &+ UInt64(sample))
    let (kind, name, text, others) = Self.samples[sample]
    let options = EvaluationOptions(
      labels: kind == "token-classification" ? ["O", "B-X", "I-X"] : ["n", "p"])
    let folder = try TemporaryFolder(others)
    func load() throws -> any EvaluationDataset {
      try EvaluationDatasets.loadDataset(kind: kind, directory: folder.url, options: options)
    }
    try folder.write(Data(text.utf8), to: name)
    #expect(try load().count > 0, "the sample itself is good")
    var good = 0
    for number in 0..<(environment["FUZZ_INPUTS"].flatMap { Int($0) } ?? 300) {
      try folder.write(Data(Self.mutated(Array(text.utf8), &generator)), to: name)
      do {
        let dataset = try load()
        for index in 0..<dataset.count { _ = dataset.input(at: index) }
        good += 1
      } catch let error as EvaluationError {
        #expect(!error.problem.isEmpty && !error.remedy.isEmpty)
      } catch {
        Issue.record("seed \(seed), sample \(sample), input \(number): \(error)")
      }
    }
    #expect(good > 0, "seed \(seed): every damage was noticed, which cannot be")
  }
}
