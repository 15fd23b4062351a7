import Artifacts
import Foundation
import Jobs

/// A job on a BERT of a given depth, resolved without any file.
struct SampleJob {
  var specification: JobSpecification
  var resolution: Resolution

  init(_ specification: JobSpecification, layers: Int = 6, texts: Int = 2500, records: Int = 900) {
    func pinned(_ name: String) -> PinnedSource {
      PinnedSource(source: "file:/\(name)", digest: ContentDigest(of: Data(name.utf8)))
    }
    self.specification = specification
    resolution = Resolution(
      model: pinned("model"),
      modelConfiguration: """
        {"model_type": "bert", "hidden_size": 384, "num_hidden_layers": \(layers),
        "num_attention_heads": 12, "intermediate_size": 1536, "vocab_size": 30522,
        "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
        "hidden_act": "gelu"}
        """,
      calibration: pinned("text"), calibrationRecords: records,
      evaluations: specification.evaluations.map { _ in
        PinnedEvaluation(data: pinned("data"), texts: texts, items: ["dev": 10, "test": 20])
      }, kernels: "OpenBLAS 0.3.21 Haswell")
  }

  var tasks: [PlannedTask] { get throws { try JobPlan.expand(specification, resolution) } }
}
