/// Labelled data that a model's outputs are judged on.
public protocol EvaluationDataset: Sendable {
  /// How many different inputs the model is to be run on.
  var count: Int { get }

  /// One input, decoded from its file now; each distinct input stands once, in a fixed order.
  ///
  /// - Parameter index: in `0..<count`.
  func input(at index: Int) -> EvaluationInput

  /// What the model is to say of each input.
  var outputKind: ModelOutputKind { get }

  /// Split → how many items it scores (queries, pairs, sentences, questions, texts). A split called
  /// `train` is never read: models and heads were fitted on it, so a score there says nothing.
  var splits: [String: Int] { get }

  /// The inputs that a split's items need, some perhaps more than once.
  ///
  /// - Throws: `EvaluationError` when there is no such split.
  func rows(of split: String) throws -> [Int32]

  /// The metrics that `metrics` gives, the usual one first.
  var metricNames: [String] { get }

  /// What the metrics need to know of each item of `split`, in the split's order.
  ///
  /// - Parameter outputs: one row per input, in their order, of `outputKind`; all values finite
  ///   (`OutputCollector`). Rows of inputs that the split does not need may be empty.
  /// - Throws: `EvaluationError` when the split is unknown or the rows do not fit.
  func predictions(split: String, outputs: OutputRows) throws -> Predictions

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

extension EvaluationDataset {
  /// The inputs that are single texts, all at once.
  public var texts: [String] { (0..<count).compactMap { input(at: $0).text } }

  /// - Parameter embeddings: one row per input, in their order.
  public func predictions(split: String, embeddings: EmbeddingMatrix) throws -> Predictions {
    try predictions(
      split: split,
      outputs: OutputRows(
        lengths: [Int](repeating: embeddings.columns, count: embeddings.rows),
        values: embeddings.values))
  }
}
