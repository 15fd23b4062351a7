import Foundation

/// Plain text in which the model guesses masked tokens.
///
/// A split is `<split>.txt` or `.tokens` (a text a line) or `<split>.jsonl` or `.json` (a string
/// under `text`). Which tokens are masked is the model's matter, the same for every variant.
public struct MaskedLanguageDataset: EvaluationDataset {
  private enum Metric: String, CaseIterable { case perplexity, accuracy }

  private let inputs: StoredInputs
  private let rows: [String: [Int32]]

  public var count: Int { inputs.count }
  public var outputKind: ModelOutputKind { .maskedTokens }
  public var splits: [String: Int] { rows.mapValues(\.count) }
  public var metricNames: [String] { Metric.allCases.map(\.rawValue) }

  public func input(at index: Int) -> EvaluationInput { inputs.input(at: index) }

  /// - Throws: `EvaluationError` with file and line for a malformed record or an empty split.
  public init(directory: URL, options: EvaluationOptions = EvaluationOptions()) throws {
    if let unknown = options.columns.keys.sorted().first(where: { $0 != "text" }) {
      throw EvaluationError(
        problem: "columns: plain text has no '\(unknown.prefix(40))'", remedy: "name only text")
    }
    var pool = InputPool()
    var rows: [String: [Int32]] = [:]
    let files = try SplitFiles.find(
      in: directory, extensions: ["txt", "tokens", "jsonl", "json"],
      remedy: "add <split>.txt with a text a line, or <split>.jsonl")
    for (split, url) in files {
      let file = try MappedFile(url)
      let number = try pool.add(file)
      let spans = try TextRecords.spans(
        of: file, number: number, key: options.columns["text"] ?? "text")
      guard !spans.isEmpty else {
        throw file.error(at: nil, "the split is empty", "write one text a line")
      }
      rows[split] = spans.map { pool.row(of: .masked($0)) }
    }
    inputs = pool.stored
    self.rows = rows
  }

  public func predictions(split: String, outputs: OutputRows) throws -> Predictions {
    let rows = try rows(of: split)
    try EvaluationDatasets.checkRows(outputs, inputs: count)
    return .maskedTexts(
      try rows.map { index in
        let row = try outputs.row(Int(index))
        guard row.count % 2 == 0 else {
          throw EvaluationError(
            problem: "the model gives \(row.count) numbers for masked tokens",
            remedy: "pass loss and hit for each masked token")
        }
        var text = Predictions.MaskedText(loss: 0, hits: "")
        for token in stride(from: row.startIndex, to: row.endIndex, by: 2) {
          text.loss += min(MaskedTokenLoss.worst, max(0, Double(row[token])))
          text.hits += row[token + 1] > 0.5 ? "1" : "0"
        }
        return text
      })
  }

  /// Perplexity (e to the mean loss of the masked tokens; less is better) and the share of masked
  /// tokens that the model guesses first.
  public func metrics(split: String, _ predictions: Predictions) throws -> [String: Double] {
    let tallies = try tallies(predictions, split: split).tallies
    let once = [Int](repeating: 1, count: tallies.count)
    guard tallies.contains(where: { $0.tokens > 0 }) else {
      throw EvaluationError(
        problem: "no token of split '\(split.prefix(40))' was masked", remedy: "use longer texts")
    }
    return Dictionary(
      uniqueKeysWithValues: Metric.allCases.map { ($0.rawValue, Self.value($0, tallies, once)) })
  }

  /// Texts are drawn anew; one flips when the model guesses another set of its tokens.
  public func difference(
    metric name: String, split: String, variant: Predictions, baseline: Predictions,
    resamples: Int, seed: UInt64
  ) throws -> PairedDifference {
    guard let metric = Metric(rawValue: name) else {
      throw EvaluationDatasets.unknownMetric(name, known: metricNames)
    }
    let (texts, tallies) = try tallies(variant, split: split)
    let (baselineTexts, baselineTallies) = try self.tallies(baseline, split: split)
    func difference(_ draws: [Int]) -> Double {
      Self.value(metric, tallies, draws) - Self.value(metric, baselineTallies, draws)
    }
    let (lower, upper) = try PairedBootstrap(resamples: resamples, seed: seed).interval(
      items: texts.count, difference: difference)
    return PairedDifference(
      difference: difference([Int](repeating: 1, count: texts.count)), lower: lower, upper: upper,
      flips: zip(texts, baselineTexts).count { $0.hits != $1.hits }, items: texts.count)
  }

  /// One text's masked tokens.
  private struct Tally {
    var loss: Double
    var tokens: Int
    var hits: Int
  }

  private static func value(_ metric: Metric, _ tallies: [Tally], _ draws: [Int]) -> Double {
    var loss = 0.0
    var tokens = 0
    var hits = 0
    for (tally, times) in zip(tallies, draws) {
      loss += Double(times) * tally.loss
      tokens += times * tally.tokens
      hits += times * tally.hits
    }
    guard tokens > 0 else { return metric == .perplexity ? 1 : 0 }
    return switch metric {
    case .perplexity: MaskedTokenLoss.exponential(loss / Double(tokens))
    case .accuracy: Double(hits) / Double(tokens)
    }
  }

  public func rows(of split: String) throws -> [Int32] {
    guard let rows = rows[split] else {
      throw EvaluationDatasets.unknownSplit(split, known: rows.keys)
    }
    return rows
  }

  private func tallies(_ predictions: Predictions, split: String) throws
    -> (texts: [Predictions.MaskedText], tallies: [Tally])
  {
    let rows = try rows(of: split)
    guard case .maskedTexts(let texts) = predictions, texts.count == rows.count,
      texts.allSatisfy({ text in
        (0...MaskedTokenLoss.worst * Double(text.hits.utf8.count)).contains(text.loss)
          && text.hits.utf8.allSatisfy { $0 == 48 || $0 == 49 }
      })
    else {
      throw EvaluationDatasets.misfit(
        predictions, kind: "masked language modelling", items: rows.count)
    }
    return (
      texts,
      texts.map { text in
        Tally(
          loss: text.loss, tokens: text.hits.utf8.count, hits: text.hits.utf8.count { $0 == 49 })
      }
    )
  }
}
