/// What a data set is read with, beside its files.
public struct EvaluationOptions: Hashable, Sendable {
  /// What the model's outputs mean, in their order (`id2label`); nil for a model without labels.
  public var labels: [String]?

  /// Which columns (CSV, TSV) or keys (JSON) hold what: `text`, `pair` (the second text) and `label`
  /// (or score), each a name, or a column's number from 1 when the file has no header. What is not
  /// named is found by its usual names.
  public var columns: [String: String]

  /// What the data's labels 0, 1, 2 … are called, for data that numbers its labels and for models
  /// that do not name theirs (`LABEL_0`, `LABEL_1` …); nil when names or numbers agree by
  /// themselves.
  public var labelOrder: [String]?

  public init(
    labels: [String]? = nil, columns: [String: String] = [:], labelOrder: [String]? = nil
  ) {
    self.labels = labels
    self.columns = columns
    self.labelOrder = labelOrder
  }
}
