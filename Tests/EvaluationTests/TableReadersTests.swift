import Evaluation
import Foundation
import Testing

/// Tables of texts and labels, as they are published and as they go wrong.
@Suite struct TableReadersTests {
  private static let two = EvaluationOptions(labels: ["negative", "positive"])

  private func load(
    _ files: [String: String], kind: String = "classification",
    _ options: EvaluationOptions = TableReadersTests.two
  ) throws -> any EvaluationDataset {
    let folder = try TemporaryFolder(files)
    // The files are mapped: they may go away.
    return try EvaluationDatasets.loadDataset(
      kind: kind, directory: folder.url, options: options)
  }

  private func inputs(_ dataset: any EvaluationDataset) -> [EvaluationInput] {
    (0..<dataset.count).map(dataset.input)
  }

  /// The header of each of GLUE's files, and where the texts and the label are.
  @Test(arguments: [
    ("sentence\tlabel", "A\t1", false),
    ("Quality\t#1 ID\t#2 ID\t#1 String\t#2 String", "1\t10\t11\tA\tB", true),
    ("id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate", "0\t1\t2\tA\tB\t1", true),
    ("index\tquestion\tsentence\tlabel", "0\tA\tB\tpositive", true),
    ("index\tsentence1\tsentence2\tlabel", "0\tA\tB\tPOSITIVE", true),
    (
      "index\tpairID\tsentence1_parse\tsentence1\tsentence2\tlabel1\tgold_label",
      "0\t1\t(\tA\tB\tnegative\tLABEL_1", true
    ),
    ("premise\thypothesis\tlabel", "A\tB\ttrue", true),
  ])
  func headers(header: String, record: String, isPair: Bool) throws {
    let dataset = try load(["dev.tsv": "\u{FEFF}\(header)\r\n\(record)\r\n"])
    #expect(inputs(dataset) == [isPair ? .pair("A", "B") : .text("A")])
    #expect(dataset.outputKind == .logits && dataset.splits == ["dev": 1])
    let right = try dataset.predictions(
      split: "dev", outputs: OutputRows(lengths: [2], values: [0, 1]))
    #expect(try dataset.metrics(split: "dev", right)["accuracy"] == 1)
  }

  @Test func otherForms() throws {
    let expected: [EvaluationInput] = [.text("a \"b\""), .text("c\td\u{E9}\n")]
    let csv = "label,text\n0,\"a \"\"b\"\"\"\n1,\"c\tdé\r\n\"\r\n"
    #expect(try inputs(load(["dev.csv": csv])) == expected)
    let lines =
      #"{"text":"a \"b\"","label":0,"x":[{"y":null}]}"# + "\n\n"
      + #"{"label":"positive","text":"c\td\u00e9\n"}"#
    #expect(try inputs(load(["dev.jsonl": lines])) == expected)
    let array = "[" + lines.replacingOccurrences(of: "\n\n", with: ",\n") + "]"
    #expect(try inputs(load(["validation.json": array])) == expected)
    #expect(try inputs(load(["validation.json": lines])) == expected)
  }

  /// GLUE's TSV files have no quoting; those of spreadsheets and pandas do.
  @Test func quotesInTSV() throws {
    let literal = "sentence\tlabel\n\"A\"\t1\n\" \"\"B\t0\n"
    #expect(try inputs(load(["dev.tsv": literal])) == [.text("\"A\""), .text("\" \"\"B")])
    let quoted = "sentence\tlabel\n\"say \"\"A\"\"\"\t1\nB\t0\n"
    #expect(try inputs(load(["dev.tsv": quoted])) == [.text("say \"A\""), .text("B")])
    let oneWord = "sentence\tlabel\n\"A\"\t1\n"
    #expect(try inputs(load(["dev.tsv": oneWord])) == [.text("\"A\"")])
  }

  @Test func filesWithoutLabelsAreNoSplits() throws {
    let dataset = try load([
      "dev.tsv": "sentence\tlabel\nA\t1\n", "test.tsv": "index\tsentence\n0\tB\n",
      "validation.jsonl": #"{"sentence":"C","label":-1}"#, "train.tsv": "nonsense",
    ])
    #expect(dataset.splits == ["dev": 1])
    let none = message { try load(["test.tsv": "index\tsentence\n0\tB\n"]) }
    #expect(none.contains("no split has labels"), "\(none)")
    let some = message { try load(["dev.tsv": "sentence\tlabel\nA\t1\nB\t-1\n"]) }
    #expect(some.contains("dev.tsv:3: the label is -1"), "\(some)")
  }

  @Test func columnsMayBeChosen() throws {
    var options = Self.two
    options.columns = ["text": "Review", "label": "Stars"]
    let csv = "Stars,Title,review\n1,T,A\n"
    #expect(try inputs(load(["dev.csv": csv], options)) == [.text("A")])
    options.columns = ["text": "3", "pair": "2", "label": "1"]
    #expect(try inputs(load(["dev.csv": "1,T,A\n"], options)) == [.pair("A", "T")])
    for (columns, expected) in [
      (["text": "body"], "dev.csv:1: there is no column 'body' (columns.text)"),
      (["text": "9", "label": "1"], "dev.csv:1: the record has only 3 fields"),
      (["texts": "review"], "columns: there is nothing called 'texts'"),
    ] {
      options.columns = columns
      let found = message { try load(["dev.csv": csv], options) }
      #expect(found.contains(expected), "\(found)")
    }
  }

  @Test func labelsAreMatched() throws {
    let three = ["CONTRADICTION", "NEUTRAL", "ENTAILMENT"]
    let numbered = ["dev.tsv": "sentence1\tsentence2\tlabel\nA\tB\t0\n"]
    func accuracy(_ files: [String: String], _ options: EvaluationOptions, _ output: [Float]) throws
      -> Double?
    {
      let dataset = try load(files, options)
      let predictions = try dataset.predictions(
        split: "dev", outputs: OutputRows(lengths: [output.count], values: output))
      return try dataset.metrics(split: "dev", predictions)["accuracy"]
    }
    let order = ["entailment", "neutral", "contradiction"]
    // MNLI's 0 is entailment, this model's last output.
    #expect(
      try accuracy(numbered, EvaluationOptions(labels: three, labelOrder: order), [0, 0, 1]) == 1)
    let ambiguous = message { try load(numbered, EvaluationOptions(labels: three)) }
    #expect(ambiguous.contains("dev.tsv:2: the label is the number 0"), "\(ambiguous)")
    let named = ["dev.tsv": "sentence\tlabel\nA\tNot Entailment\n"]
    let generic = ["LABEL_0", "LABEL_1"]
    #expect(
      try accuracy(
        named, EvaluationOptions(labels: generic, labelOrder: ["entailment", "not_entailment"]),
        [0, 1]) == 1)
    let unknown = message { try load(named, EvaluationOptions(labels: generic)) }
    #expect(unknown.contains("dev.tsv:2: there is no label 'Not Entailment'"), "\(unknown)")
    #expect(unknown.contains("LABEL_0, LABEL_1"))
    let order2 = message {
      try load(named, EvaluationOptions(labels: ["yes", "no"], labelOrder: ["maybe", "no"]))
    }
    #expect(order2.contains("the model has no label 'maybe'"), "\(order2)")
    let none = message { try load(named, EvaluationOptions()) }
    #expect(none.contains("head.json"), "\(none)")
  }

  @Test(arguments: [
    (
      "dev.tsv", "sentence\tlabel\nA\t1\tx\n", "dev.tsv:2: the record has 3 fields, the first one 2"
    ),
    ("dev.csv", "sentence,label\nA\n", "dev.csv:2: the record has 1 fields"),
    ("dev.csv", "sentence,label\nA,2\n", "dev.csv:2: there is no label '2'"),
    ("dev.csv", "sentence,label\nA,\n", "dev.csv:2: there is no label ''"),
    ("dev.csv", "a,b,c\n1,2,3\n", "dev.csv:1: there is no header"),
    ("dev.csv", "sentence,label\n", "dev.csv: the split is empty"),
    ("dev.jsonl", "{\"label\":1}\n", "dev.jsonl:1: no key of the record"),
    (
      "dev.jsonl", "{\"text\":\"A\",\"label\":1}\n{\"text\":\"B\"}\n",
      "dev.jsonl:2: \"label\" is missing"
    ),
    (
      "dev.jsonl", "{\"text\":\"A\",\"label\":1}\n{\"text\":7,\"label\":1}\n",
      "dev.jsonl:2: \"text\" has the wrong type"
    ),
    ("dev.jsonl", "{\"text\":\"A\",\"label\":null}\n", "dev.jsonl:1: \"label\" has the wrong type"),
    (
      "dev.jsonl", "{\"text\":\"A\" \"label\":1}\n",
      "dev.jsonl:1: the line is no JSON object (a comma"
    ),
    ("dev.jsonl", "{\"text\":\"\\ud800\",\"label\":1}\n", "half a surrogate pair"),
    ("dev.jsonl", "[1]\n", "dev.jsonl:1: an element of the array is no object"),
    (
      "dev.json", "[{\"text\":\"A\",\"label\":1},\n{\"text\":\"B\",\"label\":1}",
      "dev.json:2: not valid JSON (the text ends too early)"
    ),
    ("dev.parquet", "PAR1", "dev.parquet: Parquet files are not read; convert it"),
    ("notes.md", "x", "the folder has no split other than train"),
  ])
  func badTables(name: String, text: String, expected: String) throws {
    let found = message { try load([name: text]) }
    #expect(found.contains(expected), "\(found)")
  }

  @Test func foreignBytes() throws {
    for (bytes, expected) in [
      ([0xFF, 0xFE, 0x41, 0], "dev.csv: the file is UTF-16; convert it with iconv"),
      ([0x1F, 0x8B, 8], "dev.csv: the file is compressed"),
      (Array("PAR1".utf8), "dev.csv: the file is Parquet"),
      (
        Array("text,label\nA,1\nb".utf8) + [0xED, 0xA0, 0x80],
        "dev.csv:3: the line is not valid UTF-8"
      ),
      (
        Array("text,label\n\"".utf8) + [UInt8](repeating: 97, count: 5 << 20),
        "dev.csv:2: the line has"
      ),
      (Array("[".utf8) + [UInt8](repeating: 91, count: 100_000), "dev.csv:1"),
    ] {
      let folder = try TemporaryFolder()
      try folder.write(Data(bytes), to: "dev.csv")
      let found = message { try ClassificationDataset(directory: folder.url, options: Self.two) }
      #expect(found.contains(expected), "\(found)")
    }
    let deep = message { try load(["dev.json": String(repeating: "[", count: 100_000)]) }
    #expect(deep.contains("nested deeper than 64"), "\(deep)")
  }

  @Test func shortAndLongTexts() throws {
    let long = String(repeating: "é", count: 1_000_000)
    let dataset = try load(["dev.tsv": "sentence\tlabel\n\t0\n\(long)\t1\n"])
    #expect(inputs(dataset) == [.text(""), .text(long)])
  }

  /// Equal inputs share a row; canonically equivalent ones do not.
  @Test func duplicatesShareARow() throws {
    let dataset = try load([
      "dev.tsv":
        "sentence1\tsentence2\tlabel\nA\tB\t0\nAB\t\t1\nA\tB\t1\n\u{E9}\tB\t1\ne\u{301}\tB\t1\n",
      "test.jsonl": #"{"sentence1":"\u0041","sentence2":"B","label":1}"#,
    ])
    #expect(dataset.count == 4 && dataset.splits == ["dev": 5, "test": 1])
    #expect(dataset.input(at: 0) == .pair("A", "B") && dataset.input(at: 1) == .pair("AB", ""))
  }

  @Test func regressionMayHaveOneText() throws {
    let dataset = try load(
      ["dev.csv": "text,score\nA,0.5\nB,-1e2\n"], kind: "regression", EvaluationOptions())
    #expect(inputs(dataset) == [.text("A"), .text("B")] && dataset.outputKind == .logits)
    let predictions = try dataset.predictions(
      split: "dev", outputs: OutputRows(lengths: [1, 1], values: [3, 2]))
    let metrics = try dataset.metrics(split: "dev", predictions)
    #expect(metrics.count == 2 && metrics.values.allSatisfy { abs($0 - 1) < 1e-15 })
    let wide = message {
      try dataset.predictions(
        split: "dev", outputs: OutputRows(lengths: [2, 2], values: [1, 2, 3, 4]))
    }
    #expect(wide.contains("the model gives 2 numbers where regression has one"), "\(wide)")
    let pairs = message {
      try load(["dev.csv": "text,score\nA,0.5\n"], kind: "similarity", EvaluationOptions())
    }
    #expect(pairs.contains("dev.csv:1: the record is not: sentence, sentence, score"), "\(pairs)")
  }

  @Test func namesOfSplits() throws {
    let line = "{\"text\":\"A\",\"label\":1}\n"
    let dataset = try load([
      "dev_matched.tsv": "sentence\tlabel\nA\t1\n", "test-v1.0.json": line, "config.json": "{}",
      "train-00000-of-00001.jsonl": "x", ".hidden.jsonl": "x", "README.txt": "x",
    ])
    #expect(Set(dataset.splits.keys) == ["dev_matched", "test"])
    let twice = message { try load(["dev.jsonl": line, "dev-v2.json": line]) }
    #expect(twice.contains("split 'dev' is also in"), "\(twice)")
  }
}
