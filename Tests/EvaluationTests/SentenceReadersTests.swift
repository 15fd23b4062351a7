import Evaluation
import Foundation
import Testing

/// Words with tags, and plain text.
@Suite struct SentenceReadersTests {
  private static let options = EvaluationOptions(labels: ["O", "B-PER", "I-PER"])

  private func load(
    _ files: [String: String], _ options: EvaluationOptions = SentenceReadersTests.options
  ) throws -> any EvaluationDataset {
    let folder = try TemporaryFolder(files)
    return try EvaluationDatasets.loadDataset(
      kind: "token-classification", directory: folder.url, options: options)
  }

  private func inputs(_ dataset: any EvaluationDataset) -> [EvaluationInput] {
    (0..<dataset.count).map(dataset.input)
  }

  @Test func layouts() throws {
    let expected: [EvaluationInput] = [.words(["Zoë", "\"sleeps\""]), .words(["#"])]
    let conll = "-DOCSTART- O\r\n\r\nZoë NNP B-PER\r\n\"sleeps\"  VB\tO \r\n \t\r\n\r\n# X O"
    #expect(try inputs(load(["test.txt": conll])) == expected)
    let lines =
      #"{"tokens":["Zo\u00eb","\"sleeps\""],"ner_tags":["b-per","O"]}"# + "\n"
      + #"{"tokens":[],"ner_tags":[]}"# + "\n" + ##"{"tokens":["#"],"ner_tags":["O"]}"##
    #expect(try inputs(load(["test.jsonl": lines])) == expected)
    var numbered = Self.options
    numbered.labelOrder = ["B-PER", "O"]
    numbered.columns = ["text": "w", "label": "t"]
    let dataset = try load(["dev.jsonl": #"{"w":["a","b"],"t":[0,1]}"#], numbered)
    let right = try dataset.predictions(
      split: "dev", outputs: OutputRows(lengths: [6], values: [0, 1, 0, 1, 0, 0]))
    #expect(try dataset.metrics(split: "dev", right)["f1"] == 1)
    numbered.columns = ["text": "2", "label": "1"]
    #expect(try inputs(load(["dev.conll": "O a x\nO b y\n"], numbered)) == [.words(["a", "b"])])
  }

  @Test(arguments: [
    ("dev.conll", "a O\nb\n", "dev.conll:2: the line has 1 columns"),
    ("dev.conll", "a B-LOC\n", "dev.conll:1: there is no label 'B-LOC'; use O, B-PER, I-PER"),
    ("dev.conll", "\n\n", "dev.conll: the split is empty"),
    ("dev.jsonl", #"{"tokens":["a"]}"#, "dev.jsonl:1: there is no array \"ner_tags\""),
    ("dev.jsonl", #"{"tokens":["a"],"tags":[]}"#, "dev.jsonl:1: there are 1 words (strings) and 0"),
    (
      "dev.jsonl", #"{"tokens":[1],"tags":["O"]}"#, "dev.jsonl:1: there are 1 words (strings) and 1"
    ),
    ("dev.jsonl", #"{"tokens":["a"],"tags":["X"]}"#, "dev.jsonl:1: word 0: there is no label 'X'"),
    (
      "dev.jsonl", #"{"tokens":["a"],"tags":[1]}"#, "dev.jsonl:1: word 0: the label is the number 1"
    ),
    ("dev.jsonl", #"{"tokens":"a","tags":[1]}"#, "dev.jsonl:1: there is no array \"tokens\""),
  ])
  func badTags(name: String, text: String, expected: String) throws {
    let found = message { try load([name: text]) }
    #expect(found.contains(expected), "\(found)")
  }

  @Test func outputsThatDoNotFit() throws {
    let dataset = try load(["dev.conll": "a O\nb B-PER\n"])
    for row in [[1, 2], [1, 2, 3, 1, 2, 3, 1, 2, 3]] as [[Float]] {
      let found = message {
        try dataset.predictions(
          split: "dev", outputs: OutputRows(lengths: [row.count], values: row))
      }
      #expect(found.contains("for 2 words and 3 labels"), "\(found)")
    }
    // Words that were cut off are outside of entities.
    let none = try dataset.predictions(split: "dev", outputs: OutputRows(lengths: [0], values: []))
    #expect(none == .tokenLabels([[0, 0]]))
    #expect(try dataset.metrics(split: "dev", none)["accuracy"] == 0.5)
    #expect(throws: EvaluationError.self) {
      try dataset.metrics(split: "dev", .tokenLabels([[3, 0]]))
    }
    #expect(message { try load(["dev.conll": "a O\n"], EvaluationOptions()) }.contains("no labels"))
  }

  private func masked(_ files: [String: String], _ options: EvaluationOptions = EvaluationOptions())
    throws -> any EvaluationDataset
  {
    let folder = try TemporaryFolder(files)
    return try EvaluationDatasets.loadDataset(
      kind: "masked-language-modelling", directory: folder.url, options: options)
  }

  @Test func plainText() throws {
    let dataset = try masked([
      "dev.txt": "a\n\n b \na\n", "LICENSE.txt": "x", "wiki.test.tokens": " = c = \n",
    ])
    #expect(inputs(dataset) == [.masked("a"), .masked(" b "), .masked(" = c = ")])
    #expect(dataset.splits == ["dev": 3, "test": 1] && dataset.outputKind == .maskedTokens)
    let chosen = try masked(
      ["dev.jsonl": #"{"body":"a"}"#], EvaluationOptions(columns: ["text": "body"]))
    #expect(inputs(chosen) == [.masked("a")])
    #expect(message { try masked(["dev.jsonl": #"{"body":"a"}"#]) }.contains("\"text\" is missing"))
    #expect(message { try masked(["dev.txt": " \n"]) }.contains("dev.txt: the split is empty"))
  }

  /// A damaged token costs the most there is; the text's other tokens count as they are.
  @Test func lossesOfDamagedTokens() throws {
    let dataset = try masked(["dev.txt": "a\nb\n"])
    let rows = try OutputRows(lengths: [4, 2], values: [1, 1, .nan, 1, 3, 0])
    #expect(throws: EvaluationError.self) { try dataset.predictions(split: "dev", outputs: rows) }
    let (usable, unusable) = try collected(rows, .maskedTokens)
    #expect(unusable == 1)
    #expect(try usable.values(of: 0..<2) == [1, 1, 100, 0, 3, 0])
    let predictions = try dataset.predictions(split: "dev", outputs: usable)
    let metrics = try dataset.metrics(split: "dev", predictions)
    #expect(metrics["accuracy"] == 1.0 / 3)
    #expect(abs((metrics["perplexity"] ?? 0) / 1136428297573799.8 - 1) < 1e-14)
    #expect(EvaluationDatasets.isLowerBetter("perplexity"))
    let nothing = try OutputRows(lengths: [0, 0], values: [])
    let none = try dataset.predictions(split: "dev", outputs: nothing)
    #expect(message { try dataset.metrics(split: "dev", none) }.contains("was masked"))
  }

  private func collected(_ rows: OutputRows, _ kind: ModelOutputKind) throws -> (OutputRows, Int) {
    var collector = OutputCollector(kind, folder: FileManager.default.temporaryDirectory)
    for row in 0..<rows.count { try collector.append(try rows.row(row)) }
    let unusable = collector.unusable
    return (try collector.rows(), unusable)
  }

  @Test func rowsWithoutNumbers() throws {
    let rows = try OutputRows(lengths: [1, 2], values: [1, .infinity, 2])
    let (usable, unusable) = try collected(rows, .logits)
    #expect(unusable == 1)
    #expect(try usable.values(of: 0..<2) == [1, 0, 0])
    #expect(try usable.row(1) == [0, 0])
    #expect(throws: EvaluationError.self) { try OutputRows(lengths: [1, 1], values: [1]) }
    #expect(throws: EvaluationError.self) { try OutputRows(lengths: [-1, 2], values: [1]) }
    #expect(throws: EvaluationError.self) { try OutputRows(lengths: [.max, 2], values: [1]) }
  }
}
