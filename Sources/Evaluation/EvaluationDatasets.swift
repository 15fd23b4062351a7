import Foundation

/// The kinds of evaluation and how to read each.
public enum EvaluationDatasets {
  /// The kinds that `loadDataset` knows.
  public static let kinds = [
    "retrieval", "similarity", "classification", "regression", "token-classification",
    "question-answering", "masked-language-modelling",
  ]

  /// Reads labelled data from a folder.
  ///
  /// - Parameters:
  ///   - kind: `retrieval` (BEIR layout), `similarity` (pairs with scores, by embeddings),
  ///     `classification` (by the model's own head, or `head.json`), `regression` (by the model's
  ///     one output), `token-classification` (CoNLL or JSON Lines), `question-answering` (SQuAD) or
  ///     `masked-language-modelling` (plain text).
  ///   - options: the model's labels, and columns that are not called as usual.
  /// - Throws: `EvaluationError` that names file, line and remedy.
  public static func loadDataset(
    kind: String, directory: URL, options: EvaluationOptions = EvaluationOptions()
  ) throws -> any EvaluationDataset {
    switch kind {
    case "retrieval": try RetrievalDataset(directory: directory)
    case "similarity": try SimilarityDataset(directory: directory, options: options)
    case "classification": try ClassificationDataset(directory: directory, options: options)
    case "regression": try RegressionDataset(directory: directory, options: options)
    case "token-classification":
      try TokenClassificationDataset(directory: directory, options: options)
    case "question-answering": try QuestionAnsweringDataset(directory: directory)
    case "masked-language-modelling":
      try MaskedLanguageDataset(directory: directory, options: options)
    default:
      throw EvaluationError(
        problem: "there is no kind of evaluation called '\(kind.prefix(40))'",
        remedy: "use one of \(kinds.joined(separator: ", "))")
    }
  }

  /// Whether less of `metric` is better, as of a perplexity.
  public static func isLowerBetter(_ metric: String) -> Bool { metric == "perplexity" }

  static func unknownSplit(_ split: String, known: some Sequence<String>) -> EvaluationError {
    EvaluationError(
      problem: "the data set has no split '\(split.prefix(40))'",
      remedy: "use one of \(known.sorted().joined(separator: ", "))")
  }

  static func unknownMetric(_ metric: String, known: [String]) -> EvaluationError {
    EvaluationError(
      problem: "there is no metric '\(metric.prefix(40))' for this kind of evaluation",
      remedy: "use one of \(known.joined(separator: ", "))")
  }

  static func misfit(_ predictions: Predictions, kind: String, items: Int) -> EvaluationError {
    EvaluationError(
      problem: "these \(predictions.count) predictions do not fit \(items) items of \(kind)",
      remedy: "score predictions of the same data set and split")
  }

  static func checkRows(_ outputs: OutputRows, inputs: Int) throws {
    guard outputs.count == inputs else {
      throw EvaluationError(
        problem: "\(outputs.count) rows of outputs for a data set of \(inputs) inputs",
        remedy: "run the model on every input of the data set once, in their order")
    }
    guard outputs.isFinite else {
      throw EvaluationError(
        problem: "the model's output is NaN or infinite",
        remedy: "look for a table that overflows, or for NaN in the model's weights")
    }
  }
}
