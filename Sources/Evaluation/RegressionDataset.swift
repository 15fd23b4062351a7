import Foundation

/// Texts, or pairs of texts, with a number that the model's one output is to follow (STS-B).
///
/// A split is `.csv`, `.tsv`, `.jsonl` or `.json` with named columns (`ColumnNames`), or has no
/// header: sentence, sentence, score.
public struct RegressionDataset: EvaluationDataset {
  private let data: ScoredTexts

  public var count: Int { data.inputs.count }
  public var outputKind: ModelOutputKind { .logits }
  public var splits: [String: Int] { data.items.mapValues(\.count) }
  public var metricNames: [String] { ["pearson", "spearman"] }

  public func input(at index: Int) -> EvaluationInput { data.inputs.input(at: index) }

  /// - Throws: `EvaluationError` with file and line for a malformed record or an empty split.
  public init(directory: URL, options: EvaluationOptions = EvaluationOptions()) throws {
    data = try ScoredTexts(
      directory: directory, columns: ColumnNames(.scores, options.columns), separates: false)
  }

  public func predictions(split: String, outputs: OutputRows) throws -> Predictions {
    let items = try data.split(split).items
    try EvaluationDatasets.checkRows(outputs, inputs: count)
    return .regression(
      values: try items.map { item in
        let row = try outputs.row(Int(item.first))
        guard let value = row.first, row.count == 1 else {
          throw EvaluationError(
            problem: "the model gives \(row.count) numbers where regression has one",
            remedy: "use a model with one label")
        }
        return value
      })
  }

  public func rows(of split: String) throws -> [Int32] { try data.rows(of: split) }

  public func metrics(split: String, _ predictions: Predictions) throws -> [String: Double] {
    try data.split(split).scores.metrics(values(predictions, split: split))
  }

  /// An item flips when its output rounds to another of six levels than the baseline's: those from
  /// the least to the greatest score of the split (0 to 5 in STS-B), equally far apart.
  public func difference(
    metric name: String, split: String, variant: Predictions, baseline: Predictions,
    resamples: Int, seed: UInt64
  ) throws -> PairedDifference {
    guard let metric = HumanScores.Metric(rawValue: name) else {
      throw EvaluationDatasets.unknownMetric(name, known: metricNames)
    }
    let scores = try data.split(split).scores
    let values = try values(variant, split: split)
    let baselineValues = try self.values(baseline, split: split)
    let least = scores.values.min() ?? 0
    let span = (scores.values.max() ?? 0) - least
    func level(_ value: Double) -> Double {
      span > 0 ? min(5, max(0, 5 * (value - least) / span)).rounded() : 0
    }
    return try scores.difference(
      metric, variant: values, baseline: baselineValues,
      flips: zip(values, baselineValues).count { level($0) != level($1) },
      PairedBootstrap(resamples: resamples, seed: seed))
  }

  private func values(_ predictions: Predictions, split: String) throws -> [Double] {
    let count = try data.split(split).items.count
    guard case .regression(let values) = predictions, values.count == count,
      values.allSatisfy(\.isFinite)
    else {
      throw EvaluationDatasets.misfit(predictions, kind: "regression", items: count)
    }
    return values.map(Double.init)
  }
}
