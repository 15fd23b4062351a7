import Artifacts
import Foundation
import Jobs

/// A job of a schedule, and what must come out of it.
struct ChaosJob: Sendable {
  /// Of the job and of what it publishes.
  var name: String
  var file: Data
  /// Task name → digest of its result, in an undisturbed run; empty: not known yet.
  var results: [String: ContentDigest] = [:]
  /// Of the artifact's manifest, in an undisturbed run; nil: not known yet.
  var artifact: ContentDigest?

  /// Made-up work: about 16 tasks for each number of entries.
  /// - Parameters:
  ///   - salt: Jobs with the same salt share their sources, hence their computations.
  ///   - entries: A table size each; `2...64`.
  static func tiny(name: String, salt: String, entries: [Int]) throws -> ChaosJob {
    let text = """
      apiVersion: nnlut/v1
      kind: CalibrationJob
      metadata: {name: \(name)}
      model: {source: "file:/models/\(salt)"}
      calibration: {data: {source: "file:/data/\(salt).txt"}, samples: 640, seed: 1}
      evaluation:
        - {kind: similarity, data: {source: "file:/data/sts-\(salt)/"}, metric: spearman, select: dev, report: test}
      variants:
        - {approximator: nn-lut, recipe: refined, entries: [\(entries.map(String.init).joined(separator: ", "))], format: fp32, scope: per-site, calibrate: true}
      publish: {name: \(name), require: {maxDrop: 0.1}, minimize: area}
      """
    let specification = try JobSpecification(yaml: text, file: "chaos")
    let first = JobPlan.first(specification)
    let resolution = try TinyResults.result(
      first.parameters, mark: try TinyResults.mark(first.parameters, inputs: [:]))
    var results = [first.name: ContentDigest(of: resolution)]
    let plan = try JobPlan.expand(
      specification, ResultDocument.decode(Resolution.self, from: resolution))
    var artifact: ContentDigest?
    for task in plan {
      var inputs: [String: ContentDigest] = [:]
      for (input, parent) in task.inputs { inputs[input] = results[parent] }
      let mark = try TinyResults.mark(task.parameters, inputs: inputs)
      results[task.name] = ContentDigest(of: try TinyResults.result(task.parameters, mark: mark))
      if task.kind == .publish {
        artifact = TinyResults.artifactFiles(mark).first.map { ContentDigest(of: $0.bytes) }
      }
    }
    guard let artifact else { throw ChaosError("\(name): the plan publishes nothing") }
    return ChaosJob(
      name: name, file: Data(text.utf8), results: results, artifact: artifact)
  }
}
