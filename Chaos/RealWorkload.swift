import Foundation
import TestSupport

/// A real calibration, small: a random BERT, a retrieval evaluation, a few variants.
struct RealWorkload: Sendable {
  let job: ChaosJob

  /// Writes model, data and job file into `folder`.
  init(folder: URL) async throws {
    let model = try await RandomBERT.directory()
    let data = folder.appending(path: "data")
    try Self.writeData(data)
    let text = """
      apiVersion: nnlut/v1
      kind: CalibrationJob
      metadata: {name: real}
      model: {source: "file:\(model.path)"}
      calibration: {data: {source: "file:\(data.path)/calibration.txt"}, samples: 320, seed: 1}
      evaluation:
        - {kind: retrieval, data: {source: "file:\(data.path)/"}, metric: mrr@10, select: dev, report: test}
      variants:
        - {approximator: linear-lut, entries: [8, 16], format: fp32}
        - {approximator: nn-lut, entries: [16, 8], format: fp32}
        - {approximator: nn-lut, entries: 16, format: int32}
        - {approximator: nn-lut, entries: auto, budget: 0.5, scope: shared}
      publish: {name: real, require: {maxDrop: 1}, minimize: area}
      """
    job = ChaosJob(name: "real", file: Data(text.utf8))
  }

  /// Words of the random BERT's alphabet.
  private static func writeData(_ folder: URL) throws {
    var random = SeededGenerator(seed: 1)
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    func sentence(_ words: Int) -> String {
      (0..<words).map { _ in
        String((0..<(2 + random.below(6))).map { _ in letters[random.below(letters.count)] })
      }.joined(separator: " ")
    }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "qrels"), withIntermediateDirectories: true)
    let corpus = (0..<120).map {
      "{\"_id\":\"d\($0)\",\"title\":\"\",\"text\":\"\(sentence(3))\"}\n"
    }
    let queries = (0..<80).map { "{\"_id\":\"q\($0)\",\"text\":\"\(sentence(8))\"}\n" }
    let header = "query-id\tcorpus-id\tscore\n"
    func relevant(_ rest: Int) -> String {
      header + (0..<80).filter { $0 % 2 == rest }.map { "q\($0)\td\($0)\t1\n" }.joined()
    }
    let calibration = (0..<400).map { _ in sentence(10) }.joined(separator: "\n")
    for (name, text) in [
      ("corpus.jsonl", corpus.joined()), ("queries.jsonl", queries.joined()),
      ("calibration.txt", calibration), ("qrels/dev.tsv", relevant(0)),
      ("qrels/test.tsv", relevant(1)),
    ] {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
  }
}
