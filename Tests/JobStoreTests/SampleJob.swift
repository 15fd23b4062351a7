import Approximation
import Artifacts
import Foundation
import Jobs
import LookupTables

/// A small job, and results that depend on parameters and inputs alone.
enum SampleJob {
  /// - Parameter salt: Jobs of different salt share no computation but by chance of equal inputs.
  static func specification(
    name: String = "sample", salt: String = "a", variants: Int = 2, artifact: String? = nil
  ) -> JobSpecification {
    JobSpecification(
      name: name, model: "file:/models/\(salt)",
      calibration: CalibrationSpecification(
        source: "file:/calibration.txt", samples: 150, range: .observed, seed: 1),
      evaluations: [
        EvaluationSpecification(
          kind: .similarity, source: "file:/sts", metric: "spearman", select: "dev", report: "test")
      ],
      variants: (0..<variants).map { index in
        Variant(
          approximator: .nnLUT, recipe: .refined, entries: 8 + index, format: .fp32,
          scope: .shared, calibrate: true, range: .observed, scaling: .none, seed: 1)
      },
      publish: PublishRule(name: artifact ?? "sample-\(salt)", maximumDrop: 0.1, minimize: .area))
  }

  static func resolution(_ salt: String) -> Resolution {
    func pinned(_ text: String) -> PinnedSource {
      PinnedSource(source: "file:/\(text)", digest: ContentDigest(of: Data(text.utf8)))
    }
    return Resolution(
      model: pinned(salt),
      modelConfiguration: """
        {"model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
         "intermediate_size": 16, "vocab_size": 32, "max_position_embeddings": 16,
         "type_vocab_size": 2, "layer_norm_eps": 1e-12}
        """,
      calibration: pinned("calibration"), calibrationRecords: 200,
      evaluations: [PinnedEvaluation(data: pinned("sts"), texts: 2500, items: ["dev": 1])],
      kernels: "OpenBLAS 0.3.21 Haswell")
  }

  /// A task's result, and blobs that must be stored before it is completed.
  static func result(of task: ClaimedTask) throws -> (bytes: Data, files: [Data]) {
    switch task.parameters {
    case .resolve(let parameters):
      let salt = String(parameters.model.split(separator: "/").last ?? "")
      return (try ResultDocument.encode(resolution(salt)), [])
    case .publish(let parameters):
      let manifest = Data("manifest of \(inputs(task))".utf8)
      let publication = Publication(
        name: parameters.specification.publish?.name ?? "none",
        manifest: ContentDigest(of: manifest),
        files: [
          ArtifactFile(
            path: ArtifactManifest.name, digest: ContentDigest(of: manifest), size: manifest.count)
        ], variant: 0)
      return (try ResultDocument.encode(publication), [manifest])
    default:
      let parameters = try ResultDocument.encode(task.parameters)
      return (Data("result of \(inputs(task))".utf8) + parameters, [])
    }
  }

  private static func inputs(_ task: ClaimedTask) -> String {
    task.inputs.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      .joined(separator: " ")
  }
}
