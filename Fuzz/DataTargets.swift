import Evaluation
import Foundation

extension FuzzTarget {
  /// One target for each kind of file that an evaluation or calibration reads.
  static let data: [FuzzTarget] = [
    dataset(
      "classification.tsv", kind: "classification", file: "dev.tsv", labels: ["no", "yes"],
      samples: ["sentence\tlabel\na good one\t1\nbad\t0\n", "1\tgood\n0\tbad\n"]),
    dataset(
      "classification.jsonl", kind: "classification", file: "dev.jsonl", labels: ["no", "yes"],
      samples: ["{\"text\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":\"no\"}\n"]),
    dataset(
      "pairs.csv", kind: "similarity", file: "dev.csv", labels: nil,
      samples: ["a man,\"a, b\",3.5\nx,\"say \"\"y\"\"\",0\nc,d,5\n"]),
    dataset(
      "regression.tsv", kind: "regression", file: "dev.tsv", labels: nil,
      samples: ["sentence1\tsentence2\tscore\na\tb\t3.5\nc\td\t1\n"]),
    dataset(
      "conll", kind: "token-classification", file: "dev.conll", labels: ["O", "B-PER", "I-PER"],
      samples: ["Ada B-PER\nLovelace I-PER\nwrote O\n\nHello O\n"]),
    dataset(
      "squad.json", kind: "question-answering", file: "dev-v2.0.json", labels: nil,
      samples: [
        """
        {"version":"v2.0","data":[{"title":"t","paragraphs":[{"context":"Ada wrote it in 1843.",
        "qas":[{"id":"1","question":"Who?","answers":[{"text":"Ada","answer_start":0}],
        "is_impossible":false},{"id":"2","question":"Why?","answers":[],"is_impossible":true}]}]}]}
        """
      ]),
    dataset(
      "masked.txt", kind: "masked-language-modelling", file: "dev.txt", labels: nil,
      samples: ["one line\n\nanother line\n"]),
    retrieval(name: "corpus.jsonl"), retrieval(name: "queries.jsonl"),
    retrieval(name: "qrels/dev.tsv"),
    FuzzTarget(
      name: "calibration.jsonl",
      words: ["{\"text\":\"", "\"}"],
      corpus: { [Data("{\"text\":\"a\"}\n{\"text\":\"b\"}\n".utf8)] },
      accepts: { input, scratch in
        reads {
          let records = try TextRecords(
            contentsOf: Scratch.file(input, "calibration.jsonl", in: scratch))
          for index in 0..<min(records.count, 100) { _ = records[index] }
        }
      }),
  ]

  private static func dataset(
    _ name: String, kind: String, file: String, labels: [String]?, samples: [String]
  ) -> FuzzTarget {
    FuzzTarget(
      name: name, words: ["label", "sentence", "\t", "\"", "id", "answers", "B-PER", "I-", "text"],
      corpus: { samples.map { Data($0.utf8) } },
      accepts: { input, scratch in
        reads {
          _ = try Scratch.file(input, file, in: scratch)
          try use(
            EvaluationDatasets.loadDataset(
              kind: kind, directory: scratch, options: EvaluationOptions(labels: labels)),
            logits: labels?.count ?? 1)
        }
      })
  }

  private static let retrievalFiles = [
    "corpus.jsonl": """
    {"_id":"d1","title":"t","text":"a"}
    {"_id":"d2","text":"b"}

    """,
    "queries.jsonl": "{\"_id\":\"q1\",\"text\":\"x\"}\n{\"_id\":\"q2\",\"text\":\"y\"}\n",
    "qrels/dev.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\n",
  ]

  /// The file of that name mutated, the others as they should be.
  private static func retrieval(name: String) -> FuzzTarget {
    FuzzTarget(
      name: "retrieval-" + name.replacing("/", with: "-"),
      words: ["_id", "text", "title", "q1", "d1", "\t"],
      corpus: { [Data((retrievalFiles[name] ?? "").utf8)] },
      accepts: { input, scratch in
        reads {
          try FileManager.default.createDirectory(
            at: scratch.appending(path: "qrels"), withIntermediateDirectories: true)
          for (other, text) in retrievalFiles where other != name {
            let place = scratch.appending(path: other)
            if !FileManager.default.fileExists(atPath: place.path) {
              _ = try Scratch.file(Data(text.utf8), other, in: scratch)
            }
          }
          _ = try Scratch.file(input, name, in: scratch)
          try use(
            EvaluationDatasets.loadDataset(
              kind: "retrieval", directory: scratch, options: EvaluationOptions()))
        }
      })
  }

  /// Every input, then scores of outputs that are all the same.
  /// - Parameter logits: How many numbers the head gives.
  private static func use(_ dataset: any EvaluationDataset, logits: Int = 1) throws {
    var lengths: [Int] = []
    for index in 0..<dataset.count {
      let input = dataset.input(at: index)
      switch dataset.outputKind {
      case .embedding: lengths.append(2)
      case .logits: lengths.append(logits)
      case .wordLogits:
        guard case .words(let words) = input else { return }
        lengths.append(3 * words.count)
      case .answer: lengths.append(4)
      case .maskedTokens: lengths.append(4)
      }
    }
    let values = [Float](repeating: 1, count: lengths.reduce(0, +))
    let outputs = try OutputRows(lengths: lengths, values: values)
    for split in dataset.splits.keys.sorted() {
      _ = try dataset.metrics(
        split: split, try dataset.predictions(split: split, outputs: outputs))
    }
  }
}
