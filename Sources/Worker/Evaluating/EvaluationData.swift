import Evaluation
import Foundation
import Jobs
import Models

/// An evaluation's data, read for one model.
enum EvaluationData {
  /// - Parameters:
  ///   - labels: Of the model's head.
  ///   - folder: Where the data lie.
  /// - Throws: `TaskFailure` that names file, line and remedy.
  static func load(
    _ kind: EvaluationKind, layout: EvaluationLayout?, labels: [String]?, folder: URL,
    place: String = "evaluation data"
  ) throws -> any EvaluationDataset {
    try reading(place) {
      try EvaluationDatasets.loadDataset(
        kind: kind.rawValue, directory: folder,
        options: EvaluationOptions(
          labels: labels, columns: layout?.columns ?? [:], labelOrder: layout?.labels))
    }
  }

  /// - Throws: `TaskFailure` when the model's head does not give what the evaluation needs.
  static func check(
    _ dataset: any EvaluationDataset, of kind: EvaluationKind, fits model: ModelDescription,
    place: String
  ) throws {
    guard model.head.gives(dataset.outputKind, for: kind) else {
      throw TaskFailure.badInput(
        "evaluation of \(place): \(kind.rawValue) needs \(wanted(kind)); the model's is "
          + "\(model.head.name) (config.json, architectures)")
    }
  }

  private static func wanted(_ kind: EvaluationKind) -> String {
    switch kind {
    case .retrieval, .similarity: "an encoder"
    case .classification:
      "a model with a sequence classification head, or a head.json for its embeddings beside the data"
    case .regression: "a model with a regression head (one label)"
    case .tokenClassification: "a model with a token classification head"
    case .questionAnswering: "a model with a question answering head"
    case .maskedLanguageModelling: "a model with a masked language modelling head"
    }
  }
}
