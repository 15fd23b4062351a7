import Artifacts
import CoordinatorClient
import Foundation
import Jobs
import ObjectStorage

@testable import Worker

/// Runs tasks in this process, one after the other, without a coordinator: a small random BERT,
/// calibration text and labelled pairs in a folder of their own.
final class ExecutorHarness {
  let folder: URL
  private let cache: SourceCache
  private let results: ResultCache
  private let models = ModelCache()

  struct ScriptFailed: Error { var status: Int32 }

  init() throws {
    let repository = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    folder = FileManager.default.temporaryDirectory
      .appending(path: "nnlut-executors-\(UUID().uuidString)")
    let data = folder.appending(path: "data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", repository.appending(path: "scripts/random_bert.py").path,
      folder.appending(path: "model").path,
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ScriptFailed(status: process.terminationStatus)
    }
    var text = SampleText(state: 11)
    try text.lines(150).joined(separator: "\n")
      .write(to: folder.appending(path: "text.txt"), atomically: true, encoding: .utf8)
    for split in ["dev", "test"] {
      let pairs = (0..<40).map { "\(text.line()),\(text.line()),\(Double($0 % 11) / 2)" }
      try pairs.joined(separator: "\n")
        .write(to: data.appending(path: "\(split).csv"), atomically: true, encoding: .utf8)
    }
    var policy = FetchPolicy()
    policy.allowedFolders = [folder]
    cache = try SourceCache(directory: folder.appending(path: "cache"), policy: policy)
    results = try ResultCache(directory: folder.appending(path: "cache"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var specification: JobSpecification {
    get throws {
      try JobSpecification(
        yaml: """
          apiVersion: nnlut/v1
          kind: CalibrationJob
          metadata: {name: small}
          model: {source: "file:model"}
          calibration: {data: {source: "file:text.txt"}, samples: 130}
          evaluation:
            - {kind: similarity, data: {source: "file:data"}, metric: spearman}
          variants:
            - {approximator: linear-lut, entries: 8}
            - {approximator: nn-lut, entries: 16, scope: shared}
            - {approximator: nn-lut, entries: [8, 16], format: [fp32, int32]}
          publish: {name: small, require: {maxDrop: 0.5}, minimize: drop}
          """, file: "job.yaml"
      ).resolvingSources(relativeTo: folder)
    }
  }

  func context(_ task: PlannedTask, inputs: [String: Data]) throws -> ExecutorContext {
    var digests: [String: ContentDigest] = [:]
    for (name, bytes) in inputs {
      let digest = ContentDigest(of: bytes)
      results.keep(bytes, as: digest)
      digests[name] = digest
    }
    let id = AttemptID(computation: 1, attempt: 1)
    let attempt = RunningAttempt(id: id, name: task.name)
    let client = CoordinatorClient(endpoint: URL(filePath: "/nowhere"), token: "none")
    return ExecutorContext(
      task: ClaimedTask(
        id: id, job: UUID(), name: task.name, parameters: task.parameters, inputs: digests,
        sources: task.sources),
      cache: cache, models: models, results: results,
      coordinator: BlockingCoordinator(client: client, attempt: attempt, backoff: .never),
      attempt: attempt)
  }

  func run(_ task: PlannedTask, inputs: [String: Data] = [:]) throws -> Data {
    try ExecutorTable.executor(of: task.kind).run(context(task, inputs: inputs))
  }

  /// Every task but `publish`, and its results by name.
  func runAll(_ specification: JobSpecification) throws -> (
    results: [String: Data], publish: PlannedTask?
  ) {
    let first = JobPlan.first(specification)
    var results = ["resolve": try run(first)]
    let resolution = try ResultDocument.decode(
      Resolution.self, from: results["resolve", default: Data()])
    let tasks = try JobPlan.expand(specification, resolution)
    for task in tasks where task.kind != .publish {
      results[task.name] = try run(task, inputs: inputs(of: task, among: results))
    }
    return (results, tasks.first { $0.kind == .publish })
  }

  func inputs(of task: PlannedTask, among results: [String: Data]) -> [String: Data] {
    task.inputs.compactMapValues { results[$0] }
  }
}

/// Sentences of words that the small model knows; the same for the same state.
struct SampleText {
  var state: UInt64
  private static let words =
    "water tree fish stone light sound color food house hand dog cat red green blue white fast slow"
    .split(separator: " ")

  mutating func line() -> String {
    (0..<(3 + next(9))).map { _ in String(Self.words[next(Self.words.count)]) }
      .joined(separator: " ")
  }

  mutating func lines(_ count: Int) -> [String] { (0..<count).map { _ in line() } }

  private mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
