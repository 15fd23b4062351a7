import CoordinatorClient
import Foundation
import Jobs
import TestSupport

/// A stack of real processes on a small random BERT and a tiny retrieval task.
struct LocalStackFixture {
  let folder: URL
  let state: URL
  let jobFile: URL
  var program: Program

  /// Makes model, data and job file; starts nothing.
  /// - Parameter leaseSeconds: After how long a silent worker loses its leases.
  init(leaseSeconds: Int = 30) async throws {
    folder = try TemporaryDirectory.make()
    state = folder.appending(path: "state")
    jobFile = folder.appending(path: "job.yaml")
    let model = try await RandomBERT.directory()
    try Self.writeData(folder.appending(path: "data"))
    try Data(Self.job(model: model).utf8).write(to: jobFile)
    program = Program(environment: [
      // Tests ask as fast as they can.
      "NNLUT_COORDINATOR_RATE": "1000000",
      "NNLUT_STATE_DIR": state.path,
      "NNLUT_COORDINATOR_LEASE": String(leaseSeconds),
    ])
  }

  /// Puts other variants into the job file.
  func replaceVariants(with variants: [String]) throws {
    let lines = try String(contentsOf: jobFile, encoding: .utf8).split(separator: "\n")
    let kept = lines.filter { !$0.hasPrefix("  - {approximator") }
    let text = kept.flatMap { line -> [String] in
      let line = String(line)
      return line == "variants:" ? [line] + variants.map { "  - \($0)" } : [line]
    }
    try Data((text.joined(separator: "\n") + "\n").utf8).write(to: jobFile)
  }

  /// A client of the running stack.
  func client() throws -> CoordinatorClient {
    struct Endpoint: Decodable {
      var endpoint: URL
      var token: String
    }
    let bytes = try Data(contentsOf: state.appending(path: "endpoint.json"))
    let found = try JSONDecoder().decode(Endpoint.self, from: bytes)
    return CoordinatorClient(endpoint: found.endpoint, token: found.token)
  }

  /// Ends the stack and removes everything.
  func remove() async throws {
    _ = try await program.run("down", "--purge")
    try FileManager.default.removeItem(at: folder)
  }

  private static func job(model: URL) -> String {
    """
    apiVersion: nnlut/v1
    kind: CalibrationJob
    metadata: {name: tiny}
    model: {source: "file:\(model.path)"}
    calibration: {data: {source: "file:data/calibration.txt"}, samples: 160, seed: 1}
    evaluation:
      - {kind: retrieval, data: {source: "file:data/"}, metric: mrr@10, select: dev, report: test}
    variants:
      - {approximator: linear-lut, entries: 16, format: fp32}
      - {approximator: nn-lut, entries: [16, 8], format: fp32}
      - {approximator: nn-lut, entries: 16, format: int32}
      - {approximator: nn-lut, entries: auto, budget: 0.5, scope: shared}
    publish: {name: tiny, require: {maxDrop: 1}, minimize: area}
    """
  }

  /// Words of the random BERT's alphabet, drawn by a fixed rule.
  private static func writeData(_ folder: URL) throws {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    func sentence(_ words: Int) -> String {
      (0..<words).map { _ in
        String(
          (0..<(2 + next(6))).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElementAt(next(26)) })
      }.joined(separator: " ")
    }
    let qrels = folder.appending(path: "qrels")
    try FileManager.default.createDirectory(at: qrels, withIntermediateDirectories: true)
    var corpus = ""
    for index in 0..<120 {
      corpus += "{\"_id\":\"d\(index)\",\"title\":\"\",\"text\":\"\(sentence(3))\"}\n"
    }
    var queries = ""
    var splits = ["dev": "query-id\tcorpus-id\tscore\n", "test": "query-id\tcorpus-id\tscore\n"]
    for index in 0..<80 {
      queries += "{\"_id\":\"q\(index)\",\"text\":\"\(sentence(8))\"}\n"
      splits[index % 2 == 0 ? "dev" : "test", default: ""] += "q\(index)\td\(index)\t1\n"
    }
    let calibration = (0..<200).map { _ in sentence(10) }.joined(separator: "\n")
    for (name, text) in [
      ("corpus.jsonl", corpus), ("queries.jsonl", queries), ("calibration.txt", calibration),
      ("qrels/dev.tsv", splits["dev"] ?? ""), ("qrels/test.tsv", splits["test"] ?? ""),
    ] {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
  }
}

extension String {
  fileprivate func randomElementAt(_ offset: Int) -> Character {
    self[index(startIndex, offsetBy: offset)]
  }
}
