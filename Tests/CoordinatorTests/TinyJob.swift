import Approximation
import Artifacts
import CoordinatorClient
import Evaluation
import Foundation
import HardwareCost
import Jobs
import LookupTables

/// A job small enough that a test plays its workers: one layer, one variant, shared tables.
enum TinyJob {
  static func file(name: String = "tiny") -> Data {
    Data(
      """
      apiVersion: nnlut/v1
      kind: CalibrationJob
      metadata: {name: \(name)}
      model: {source: "file:/models/tiny"}
      calibration: {data: {source: "file:/data/calibration.txt"}, samples: 8, seed: 1}
      evaluation:
        - {kind: similarity, data: {source: "file:/data/sts/"}, metric: spearman, select: dev, report: test}
      variants:
        - {approximator: nn-lut, recipe: refined, entries: 4, format: fp32, scope: shared, calibrate: true}
      publish: {name: \(name), require: {maxDrop: 0.1}, minimize: area}
      """.utf8)
  }

  private static let configuration = """
    {"model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, \
    "intermediate_size": 16, "vocab_size": 32, "max_position_embeddings": 16, \
    "type_vocab_size": 2, "layer_norm_eps": 1e-12}
    """

  /// A result document of the right kind, made of constants and of `salt`, which keeps the
  /// computations of two tests apart.
  static func result(of task: ClaimedTask, salt: String) throws -> Data {
    switch task.parameters {
    case .resolve: return try ResultDocument.encode(resolution(salt))
    case .collect, .merge: return try ResultDocument.encode(HistogramSet(sites: [:]))
    case .train(let parameters):
      return try ResultDocument.encode(
        TrainedTable(
          function: parameters.function, table: try table(), maximumError: 0.25,
          meanSquaredError: 0.125, notes: [:]))
    // No variant of this job chooses its tables.
    case .sensitivity: return try ResultDocument.encode(SensitivityResult(candidates: []))
    case .chosen: return Data()
    case .assign:
      return try ResultDocument.encode(
        Assignment(
          tables: [:], budget: 1, error: 0, sumOfErrors: 0, allowedSum: 1, rounds: 1))
    case .evaluate(let parameters):
      return try ResultDocument.encode(
        ModelOutputs(
          rows: parameters.range.count, columns: 1,
          values: Data(count: parameters.range.count * 4)))
    case .score(let parameters): return try ResultDocument.encode(score(parameters))
    case .hardware:
      return try ResultDocument.encode(
        HardwareResult(report: try AnalyticModel.report(for: [try table()])))
    case .publish(let parameters):
      let rule = parameters.specification.publish
      return try ResultDocument.encode(publication(rule?.name ?? "", salt: salt))
    }
  }

  /// The bytes of the artifact's files; the worker uploads them before it completes `publish`.
  static func artifactFiles(salt: String) -> [(path: String, bytes: Data)] {
    [
      ("manifest.json", Data("{\"salt\":\"\(salt)\"}".utf8)),
      ("tables.safetensors", Data("tables \(salt)".utf8)),
    ]
  }

  private static func publication(_ name: String, salt: String) -> Publication {
    let files = artifactFiles(salt: salt).map {
      ArtifactFile(path: $0.path, digest: ContentDigest(of: $0.bytes), size: $0.bytes.count)
    }
    return Publication(name: name, manifest: files[0].digest, files: files, variant: 0)
  }

  private static func resolution(_ salt: String) -> Resolution {
    func pinned(_ what: String) -> PinnedSource {
      PinnedSource(
        source: "file:/\(what)", digest: ContentDigest(of: Data("\(what) \(salt)".utf8)))
    }
    return Resolution(
      model: pinned("model"), modelConfiguration: configuration,
      calibration: pinned("calibration"), calibrationRecords: 8,
      evaluations: [
        PinnedEvaluation(data: pinned("sts"), texts: 4, items: ["dev": 1, "test": 1])
      ], kernels: "OpenBLAS 0.3.21 Haswell")
  }

  private static func table() throws -> LookupTable {
    try LookupTable(
      rounding: try PiecewiseLinear(breakpoints: [0], slopes: [0, 1], intercepts: [0, 0]),
      lowerBound: -1, upperBound: 1, left: .clamp, right: .line, format: .fp32,
      isNonNegative: true)
  }

  private static func score(_ parameters: ScoreParameters) -> ScoreResult {
    let split = SplitScore(
      metrics: [parameters.metric: 0.5], predictions: .similarity(cosines: [0.5]),
      differences: [:])
    return ScoreResult(splits: [parameters.select: split, parameters.report: split])
  }
}

extension CoordinatorClient {
  func submitTinyJob() async throws -> UUID {
    try await submit(jobFile: TinyJob.file(), idempotencyKey: nil).status.id
  }
}

/// A worker that answers every task with a constant, through the client.
struct TinyWorker: Sendable {
  let client: CoordinatorClient
  let session: UUID
  let salt: String

  static func begin(_ client: CoordinatorClient, salt: String, pool: String = "local") async throws
    -> TinyWorker
  {
    let session = UUID()
    _ = try await client.beginSession(request(session, pool: pool))
    return TinyWorker(client: client, session: session, salt: salt)
  }

  static func request(_ session: UUID, pool: String = "local") -> SessionRequest {
    SessionRequest(
      session: session, worker: "tiny-\(session.uuidString.prefix(8))", pool: pool, slots: 4,
      kinds: Dictionary(uniqueKeysWithValues: TaskKind.allCases.map { ($0, $0.codeVersion) }),
      kernelClass: "Haswell", version: "0.1.0")
  }

  func claim(limit: Int = 100, waitSeconds: Double = 20) async throws -> [ClaimedTask] {
    try await client.claim(session, ClaimRequest(limit: limit, waitSeconds: waitSeconds)).tasks
  }

  func complete(_ tasks: [ClaimedTask]) async throws -> [AttemptID] {
    var completions: [CompleteRequest.Completion] = []
    for task in tasks {
      if task.parameters.kind == .publish {
        for file in TinyJob.artifactFiles(salt: salt) {
          _ = try await client.uploadBlob(file.bytes)
        }
      }
      let bytes = try TinyJob.result(of: task, salt: salt)
      completions.append(
        CompleteRequest.Completion(id: task.id, result: ContentDigest(of: bytes), inline: bytes))
    }
    return try await client.complete(session, CompleteRequest(completions: completions)).refused
  }

  /// Claims and completes until the job, as `watcher` sees it, is final.
  func work(on job: UUID, watcher: CoordinatorClient) async throws -> JobStatus {
    while true {
      let status = try await watcher.job(job.uuidString)
      if status.state.isFinal { return status }
      _ = try await complete(try await claim(waitSeconds: 1))
    }
  }
}
