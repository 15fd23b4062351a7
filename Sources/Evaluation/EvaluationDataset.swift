/// Labelled data that a model's embeddings are judged on.
public protocol EvaluationDataset: Sendable {
  /// Every text to embed, each once, in a fixed order: row i of an `EmbeddingMatrix` is text i.
  var texts: [String] { get }

  /// Split → how many items it scores (queries, pairs, sentences). A split called `train` is never
  /// read: models and heads were fitted on it, so a score there says nothing.
  var splits: [String: Int] { get }

  /// The metrics that `metrics` gives, the usual one first.
  var metricNames: [String] { get }

  /// What the metrics need to know of each item of `split`, in the split's order.
  ///
  /// - Parameter embeddings: one row per text, in the order of `texts`.
  /// - Throws: `EvaluationError` when the split is unknown or the matrix does not fit.
  func predictions(split: String, embeddings: EmbeddingMatrix) throws -> Predictions

  /// Every metric of `metricNames`; all values are finite.
  ///
  /// - Throws: `EvaluationError` when the predictions are of another kind, split or size.
  func metrics(split: String, _ predictions: Predictions) throws -> [String: Double]

  /// Variant minus baseline with its 95 % paired bootstrap interval, and the flipped items.
  ///
  /// - Parameters:
  ///   - resamples: how often the items are drawn anew, `1...1_000_000`.
  ///   - seed: equal seeds give equal intervals.
  /// - Throws: `EvaluationError` when the metric is unknown or predictions do not fit the split.
  func difference(
    metric: String, split: String, variant: Predictions, baseline: Predictions, resamples: Int,
    seed: UInt64
  ) throws -> PairedDifference
}
