import Foundation

/// Pairs of sentences with a human similarity score, as in the STS benchmark.
///
/// A split is `<split>.csv` or `stsb-en-<split>.csv`: sentence, sentence, score; no header.
/// Predictions are the cosines of each pair's embeddings.
public struct SimilarityDataset: EvaluationDataset {
  struct Pair: Sendable {
    /// Rows of the two texts.
    var first: Int
    var second: Int
    var score: Double
  }

  public let texts: [String]

  public var count: Int { texts.count }

  public func input(at index: Int) -> EvaluationInput { .text(texts[index]) }

  public var outputKind: ModelOutputKind { .embedding }

  private let pairs: [String: [Pair]]
  /// The human scores of each split, and their order.
  private let scores: [String: (values: [Double], order: Correlation.Order)]

  public var splits: [String: Int] { pairs.mapValues(\.count) }

  public var metricNames: [String] { Metric.allCases.map(\.rawValue) }

  private enum Metric: String, CaseIterable { case spearman, pearson }

  /// - Throws: `EvaluationError` with file and line for a malformed record or an empty split.
  public init(directory: URL) throws {
    let files = try EvaluationDatasets.splitFiles(
      in: directory, patterns: [("stsb-en-", ".csv"), ("", ".csv")],
      remedy: "add <split>.csv with sentence, sentence, score")
    var pool = TextPool()
    var pairs: [String: [Pair]] = [:]
    for (split, file) in files {
      let lines = try LineReader(file)
      pairs[split] = try CSVRecords(lines).records.map { record in
        guard record.fields.count == 3, let score = Double(record.fields[2]), score.isFinite else {
          throw lines.error(
            record.line, "the record is not: sentence, sentence, score",
            "write three fields between commas, no header; quote fields that hold commas")
        }
        return Pair(
          first: pool.row(of: record.fields[0]), second: pool.row(of: record.fields[1]),
          score: score)
      }
      guard pairs[split]?.isEmpty == false else {
        throw lines.error(nil, "the split is empty", "add lines of sentence, sentence, score")
      }
    }
    texts = pool.texts
    self.pairs = pairs
    scores = pairs.mapValues { pairs in
      let values = pairs.map(\.score)
      return (values, Correlation.Order(values))
    }
  }

  public func predictions(split: String, outputs: OutputRows) throws -> Predictions {
    let embeddings = try outputs.matrix()
    guard let pairs = pairs[split] else {
      throw EvaluationDatasets.unknownSplit(split, known: pairs.keys)
    }
    try EvaluationDatasets.checkRows(embeddings, texts: texts.count)
    let rows = CosineRows(embeddings.normalized())
    return .similarity(cosines: pairs.map { rows.cosine($0.first, $0.second) })
  }

  /// Spearman's ρ (average ranks for ties) and Pearson's r of cosine and score; 0 where a
  /// correlation is undefined because one side is constant.
  public func metrics(split: String, _ predictions: Predictions) throws -> [String: Double] {
    let cosines = try cosines(predictions, split: split)
    var metrics: [String: Double] = [:]
    for metric in Metric.allCases {
      let value = try statistic(metric, split: split, cosines)
      metrics[metric.rawValue] = value([Int](repeating: 1, count: cosines.count))
    }
    return metrics
  }

  /// A pair flips when its cosine, on the scale 0 to 5 (5 · cosine, clamped), rounds to another
  /// integer than the baseline's.
  public func difference(
    metric name: String, split: String, variant: Predictions, baseline: Predictions,
    resamples: Int, seed: UInt64
  ) throws -> PairedDifference {
    guard let metric = Metric(rawValue: name) else {
      throw EvaluationDatasets.unknownMetric(name, known: metricNames)
    }
    let cosines = try cosines(variant, split: split)
    let baselineCosines = try self.cosines(baseline, split: split)
    let variantValue = try statistic(metric, split: split, cosines)
    let baselineValue = try statistic(metric, split: split, baselineCosines)
    func difference(_ counts: [Int]) -> Double { variantValue(counts) - baselineValue(counts) }
    let (lower, upper) = try PairedBootstrap(resamples: resamples, seed: seed).interval(
      items: cosines.count, difference: difference)
    func bin(_ cosine: Double) -> Double { min(5, max(0, 5 * cosine)).rounded() }
    return PairedDifference(
      difference: difference([Int](repeating: 1, count: cosines.count)), lower: lower,
      upper: upper, flips: zip(cosines, baselineCosines).count { bin($0) != bin($1) },
      items: cosines.count)
  }

  /// The metric as a function of how often each pair counts.
  private func statistic(_ metric: Metric, split: String, _ cosines: [Double]) throws
    -> ([Int]) -> Double
  {
    guard let (values, order) = scores[split] else {
      throw EvaluationDatasets.unknownSplit(split, known: pairs.keys)
    }
    switch metric {
    case .spearman:
      let cosineOrder = Correlation.Order(cosines)
      return { Correlation.spearman(cosineOrder, order, counts: $0) }
    case .pearson:
      return { Correlation.pearson(cosines, values, counts: $0) }
    }
  }

  private func cosines(_ predictions: Predictions, split: String) throws -> [Double] {
    guard let pairs = pairs[split] else {
      throw EvaluationDatasets.unknownSplit(split, known: pairs.keys)
    }
    guard case .similarity(let cosines) = predictions, cosines.count == pairs.count,
      cosines.allSatisfy(\.isFinite)
    else {
      throw EvaluationDatasets.misfit(predictions, kind: "similarity", items: pairs.count)
    }
    return cosines.map(Double.init)
  }
}
