import Foundation

/// Pairs of sentences with a human similarity score, as in the STS benchmark.
///
/// A split is `<split>.csv` or `stsb-en-<split>.csv` without a header: sentence, sentence, score; or
/// `.csv`, `.tsv`, `.jsonl` or `.json` with named columns (`ColumnNames`). Predictions are the
/// cosines of each pair's embeddings.
public struct SimilarityDataset: EvaluationDataset {
  private let data: ScoredTexts

  public var count: Int { data.inputs.count }
  public var outputKind: ModelOutputKind { .embedding }
  public var splits: [String: Int] { data.items.mapValues(\.count) }
  public var metricNames: [String] { HumanScores.Metric.allCases.map(\.rawValue) }

  public func input(at index: Int) -> EvaluationInput { data.inputs.input(at: index) }

  /// - Throws: `EvaluationError` with file and line for a malformed record or an empty split.
  public init(directory: URL, options: EvaluationOptions = EvaluationOptions()) throws {
    data = try ScoredTexts(
      directory: directory, columns: ColumnNames(.pairScores, options.columns), separates: true)
  }

  public func predictions(split: String, outputs: OutputRows) throws -> Predictions {
    let pairs = try data.split(split).items
    try EvaluationDatasets.checkRows(outputs, inputs: count)
    let rows = try EmbeddingRows(outputs)
    return .similarity(
      cosines: try pairs.map {
        DotProduct.of(try rows.unit(Int($0.first)), try rows.unit(Int($0.second)))
      })
  }

  public func rows(of split: String) throws -> [Int32] { try data.rows(of: split) }

  public func metrics(split: String, _ predictions: Predictions) throws -> [String: Double] {
    try data.split(split).scores.metrics(cosines(predictions, split: split))
  }

  /// A pair flips when its cosine, on the scale 0 to 5 (5 · cosine, clamped), rounds to another
  /// integer than the baseline's.
  public func difference(
    metric name: String, split: String, variant: Predictions, baseline: Predictions,
    resamples: Int, seed: UInt64
  ) throws -> PairedDifference {
    guard let metric = HumanScores.Metric(rawValue: name) else {
      throw EvaluationDatasets.unknownMetric(name, known: metricNames)
    }
    let cosines = try cosines(variant, split: split)
    let baselineCosines = try self.cosines(baseline, split: split)
    func bin(_ cosine: Double) -> Double { min(5, max(0, 5 * cosine)).rounded() }
    return try data.split(split).scores.difference(
      metric, variant: cosines, baseline: baselineCosines,
      flips: zip(cosines, baselineCosines).count { bin($0) != bin($1) },
      PairedBootstrap(resamples: resamples, seed: seed))
  }

  private func cosines(_ predictions: Predictions, split: String) throws -> [Double] {
    let count = try data.split(split).items.count
    guard case .similarity(let cosines) = predictions, cosines.count == count,
      cosines.allSatisfy(\.isFinite)
    else {
      throw EvaluationDatasets.misfit(predictions, kind: "similarity", items: count)
    }
    return cosines.map(Double.init)
  }
}
