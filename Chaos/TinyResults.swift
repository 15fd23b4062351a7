import Artifacts
import Evaluation
import Foundation
import HardwareCost
import Jobs
import LookupTables
import Transformers

/// Valid made-up results: each a function of its task's parameters and of its inputs' digests alone,
/// so that whoever knows the plan knows every digest.
enum TinyResults {
  /// What tells this computation from every other.
  static func mark(_ parameters: TaskParameters, inputs: [String: ContentDigest]) throws
    -> ContentDigest
  {
    var bytes = try ResultDocument.encode(parameters)
    for (name, digest) in inputs.sorted(by: { $0.key < $1.key }) {
      bytes += Data("\n\(name) \(digest)".utf8)
    }
    return ContentDigest(of: bytes)
  }

  /// - Throws: `EncodingError`; ``ChaosError`` for kinds that no tiny job has.
  static func result(_ parameters: TaskParameters, mark: ContentDigest) throws -> Data {
    let seed = number(mark)
    switch parameters {
    case .resolve(let parameters): return try ResultDocument.encode(resolution(parameters))
    case .collect, .merge:
      return try ResultDocument.encode(HistogramSet(sites: ["mark": Data(mark.hexadecimal.utf8)]))
    case .train(let parameters):
      return try ResultDocument.encode(
        TrainedTable(
          function: parameters.function, table: try table(), maximumError: 0.25,
          meanSquaredError: 0.125, notes: ["mark": mark.hexadecimal]))
    case .evaluate(let parameters):
      // Every twelfth is too large to travel inside the completion.
      let columns = seed % 12 == 0 ? 40 : 1
      var values = Data(mark.hexadecimal.utf8)
      values += Data(count: max(0, parameters.range.count * columns * 4 - values.count))
      return try ResultDocument.encode(
        ModelOutputs(rows: parameters.range.count, columns: columns, values: values))
    case .score(let parameters):
      let split = SplitScore(
        metrics: [parameters.metric: Double(seed % 1000) / 1000],
        predictions: .similarity(cosines: [Float(seed % 1_000_003) / 1_000_003]), differences: [:])
      return try ResultDocument.encode(
        ScoreResult(splits: [parameters.select: split, parameters.report: split]))
    case .hardware:
      return try ResultDocument.encode(
        HardwareResult(report: try AnalyticModel.report(for: [try table()])))
    case .publish(let parameters):
      let files = artifactFiles(mark).map {
        ArtifactFile(path: $0.path, digest: ContentDigest(of: $0.bytes), size: $0.bytes.count)
      }
      return try ResultDocument.encode(
        Publication(
          name: parameters.specification.publish?.name ?? "", manifest: files[0].digest,
          files: files, variant: 0))
    case .sensitivity, .chosen, .assign: throw ChaosError("a tiny job has no such task")
    }
  }

  /// What the worker uploads before it completes `publish`.
  static func artifactFiles(_ mark: ContentDigest) -> [(path: String, bytes: Data)] {
    [
      (ArtifactManifest.name, Data("{\"mark\":\"\(mark.hexadecimal)\"}".utf8)),
      ("tables.safetensors", Data("tables \(mark.hexadecimal)".utf8)),
    ]
  }

  /// In `0..<2^32`, drawn from a mark.
  static func number(_ mark: ContentDigest) -> Int {
    Int(mark.hexadecimal.prefix(8), radix: 16) ?? 0
  }

  static let calibrationRecords = 640
  static let texts = 2500

  private static func resolution(_ parameters: ResolveParameters) -> Resolution {
    func pinned(_ source: String) -> PinnedSource {
      PinnedSource(source: source, digest: ContentDigest(of: Data(source.utf8)))
    }
    return Resolution(
      model: pinned(parameters.model), modelConfiguration: configuration,
      calibration: pinned(parameters.calibration), calibrationRecords: calibrationRecords,
      evaluations: parameters.evaluations.map {
        PinnedEvaluation(data: pinned($0.source), texts: texts, items: ["dev": 1, "test": 1])
      }, kernels: KernelClass.identity)
  }

  private static let configuration = """
    {"model_type": "bert", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, \
    "intermediate_size": 16, "vocab_size": 32, "max_position_embeddings": 16, \
    "type_vocab_size": 2, "layer_norm_eps": 1e-12}
    """

  private static func table() throws -> LookupTable {
    try LookupTable(
      rounding: try PiecewiseLinear(breakpoints: [0], slopes: [0, 1], intercepts: [0, 0]),
      lowerBound: -1, upperBound: 1, left: .clamp, right: .line, format: .fp32,
      isNonNegative: true)
  }
}
