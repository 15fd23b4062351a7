import Evaluation
import Foundation
import Testing

/// SQuAD's files, and how they go wrong.
@Suite struct QuestionReadersTests {
  private func load(_ files: [String: String]) throws -> any EvaluationDataset {
    let folder = try TemporaryFolder(files)
    return try EvaluationDatasets.loadDataset(kind: "question-answering", directory: folder.url)
  }

  private static func squad(_ answer: String, id: String = "1", extra: String = "") -> String {
    """
    {"version": "1.1", "data": [{"title": "T", "paragraphs": [{"qas": [
    {"question": "Q?", "id": "0", "answers": [{"answer_start": 2, "text": "caf\\u00e9"}]},
    {"id": "\(id)", "question": "Q?", "answers": [\(answer)]\(extra)}],
    "context": "😀 café"}]}]}
    """
  }

  @Test func answersAreFoundByCharacters() throws {
    let dataset = try load(["dev-v1.1.json": Self.squad(#"{"text":"é","answer_start":5}"#)])
    #expect(dataset.count == 1 && dataset.splits == ["dev": 2])
    #expect(dataset.input(at: 0) == .question("Q?", context: "😀 café"))
    #expect(dataset.metricNames == ["exact", "f1"] && dataset.outputKind == .answer)
    // "café" in bytes; the second question's answer is "é".
    let found = try dataset.predictions(
      split: "dev", outputs: OutputRows(lengths: [4], values: [5, 10, -1, 7]))
    #expect(try dataset.metrics(split: "dev", found) == ["exact": 0.5, "f1": 0.5])
    for (lower, upper) in [(5, 11), (-1, 3), (6, 5)] as [(Float, Float)] {
      let wrong = try dataset.predictions(
        split: "dev", outputs: OutputRows(lengths: [4], values: [lower, upper, 0, 0]))
      #expect(throws: EvaluationError.self) { try dataset.metrics(split: "dev", wrong) }
    }
    #expect(throws: EvaluationError.self) {
      try dataset.predictions(
        split: "dev", outputs: OutputRows(lengths: [4], values: [0.5, 1, 0, 0]))
    }
  }

  @Test(arguments: [
    (
      squad(#"{"text":"é","answer_start":4}"#),
      "dev-v1.1.json:3: data[0].paragraphs[0].qas[1].answers[0]: the answer 'é' does not stand"
    ),
    (squad(#"{"text":"é","answer_start":99}"#), "at answer_start 99"),
    (squad(#"{"text":"é","answer_start":-1}"#), "at answer_start -1"),
    (squad(#"{"text":"é","answer_start":"5"}"#), "there is no number \"answer_start\""),
    (squad(#"{"text":"é"}"#), "there is no number \"answer_start\""),
    (squad(#"{"text":"é","answer_start":5}"#, id: "0"), "qas[1]: the id '0' appears twice"),
    (squad(""), "qas[1]: the question has no answer"),
    (#"{"data":[{"paragraphs":[{"context":"c"}]}]}"#, "data[0].paragraphs[0]: there is no array"),
    (#"{"data":{}}"#, "the file: there is no array \"data\""),
    (#"{"data":[]}"#, "dev-v1.1.json: the split is empty"),
    ("[]", "the file: there is no array \"data\""), ("{", "dev-v1.1.json:1: not valid JSON"),
    ("", "dev-v1.1.json:1: not valid JSON (the text ends too early)"),
  ])
  func badFiles(text: String, expected: String) throws {
    let found = message { try load(["dev-v1.1.json": text]) }
    #expect(found.contains(expected), "\(found)")
  }

  @Test func questionsWithoutAnswer() throws {
    let dataset = try load([
      "dev-v2.0.json": Self.squad("", extra: #","is_impossible":true"#)
    ])
    #expect(dataset.metricNames.count == 8)
    let nothing = try dataset.predictions(
      split: "dev", outputs: OutputRows(lengths: [4], values: [5, 10, 1, 2]))
    let metrics = try dataset.metrics(split: "dev", nothing)
    #expect(metrics["exact"] == 0.5 && metrics["hasans_f1"] == 0 && metrics["noans_f1"] == 1)
  }

  @Test func jsonLines() throws {
    let line =
      #"{"id":"a","context":"b c","question":"Q","answers":{"text":["c"],"answer_start":[2]}}"#
    #expect(try load(["dev.jsonl": line]).metricNames == ["exact", "f1"])
    let twice = message { try load(["dev.jsonl": line + "\n" + line]) }
    #expect(twice.contains("dev.jsonl:2: the record: the id 'a' appears twice"), "\(twice)")
    let uneven = message {
      try load(["dev.jsonl": line.replacingOccurrences(of: "[2]", with: "[2,3]")])
    }
    #expect(uneven.contains("dev.jsonl:1: answers: there are 1 texts and 2 starts"), "\(uneven)")
  }
}
