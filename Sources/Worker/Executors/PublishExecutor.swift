import Artifacts
import Foundation
import Jobs
import Models

/// Chooses a variant by the job's rule and assembles the artifact.
struct PublishExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    let assembly = try assemble(context)
    let artifact = try assembly.files()
    var files: [ArtifactFile] = []
    for (index, file) in artifact.enumerated() {
      try context.progress(0.4 + 0.6 * Double(index) / Double(artifact.count))
      let digest = try context.upload(file.bytes)
      files.append(ArtifactFile(path: file.path, digest: digest, size: file.bytes.count))
    }
    guard let manifest = files.first(where: { $0.path == ArtifactManifest.name }) else {
      throw TaskFailure.misfit(context.task, "the artifact has no manifest")
    }
    return try ResultDocument.encode(
      Publication(
        name: assembly.rule.name, manifest: manifest.digest, files: files,
        variant: assembly.variant))
  }

  /// Chooses the variant and gathers what its artifact is made from.
  func assemble(_ context: ExecutorContext) throws -> ArtifactAssembly {
    guard case .publish(let parameters) = context.task.parameters,
      let rule = parameters.specification.publish
    else { throw TaskFailure.misfit(context.task, "these are no parameters of publish") }
    let report = try JobReport(parameters.specification, results: results(parameters, context))
    guard let decision = report.decision else {
      throw TaskFailure.misfit(context.task, "scores or prices are missing among the inputs")
    }
    guard let variant = decision.variant else {
      throw TaskFailure(
        code: "no-variant-qualifies", message: decision.explanation, isRetryable: false)
    }
    try context.progress(0.4)
    return ArtifactAssembly(
      parameters: parameters, rule: rule, report: report, decision: decision, variant: variant,
      tables: try VariantTables(context, prefix: "variant/\(variant)/").tables,
      histograms: try histograms(context))
  }

  /// The inputs under the names that their tasks have in the job, which is what a report reads.
  private func results(_ parameters: PublishParameters, _ context: ExecutorContext) throws
    -> [String: Data]
  {
    var results = ["resolve": try ResultDocument.encode(parameters.resolution)]
    for name in context.inputNames {
      let parts = name.split(separator: "/", maxSplits: 3).map(String.init)
      let task: String
      switch (parts.first, parts.count) {
      case ("baseline", 2): task = "score/baseline/\(parts[1])"
      case ("variant", 3) where parts[2] == "hardware": task = "hardware/\(parts[1])"
      case ("variant", 3) where parts[2] == "assignment": task = "assign/\(parts[1])"
      case ("variant", 4) where parts[2] == "score": task = "score/\(parts[1])/\(parts[3])"
      case ("variant", 4) where parts[2] == "table": task = "train/\(parts[1])/\(parts[3])"
      case ("histograms", 1): continue
      default: throw TaskFailure.misfit(context.task, "the input \(name) is unknown")
      }
      results[task] = try context.input(name)
    }
    return results
  }

  private func histograms(_ context: ExecutorContext) throws -> HistogramSet? {
    guard context.inputNames.contains("histograms") else { return nil }
    return try ResultDocument.decode(HistogramSet.self, from: context.input("histograms"))
  }
}
