import Foundation

/// Sentences in words, each with a tag such as `B-PER` (`TokenClassificationDataset+Reading.swift`).
///
/// Entities are counted as seqeval does; words that the model cut off count as outside of entities.
public struct TokenClassificationDataset: EvaluationDataset {
  struct Split: Sendable {
    /// Rows of the sentences.
    var rows: [Int32] = []
    /// The labels of all words, and where each sentence's begin (and the last one's end).
    var labels: [Int32] = []
    var starts: [Int] = [0]

    func labels(of sentence: Int) -> [Int] {
      labels[starts[sentence]..<starts[sentence + 1]].map(Int.init)
    }
  }

  enum Metric: String, CaseIterable { case f1, precision, recall, accuracy }

  /// What one sentence, or several, add to the metrics.
  private struct Counts {
    var meant = 0
    var predicted = 0
    var correct = 0
    var words = 0
    var correctWords = 0

    mutating func add(_ other: Counts, times: Int) {
      meant += times * other.meant
      predicted += times * other.predicted
      correct += times * other.correct
      words += times * other.words
      correctWords += times * other.correctWords
    }

    func value(_ metric: Metric) -> Double {
      func ratio(_ part: Int, _ whole: Int) -> Double {
        whole > 0 ? Double(part) / Double(whole) : 0
      }
      return switch metric {
      case .f1: ratio(2 * correct, meant + predicted)
      case .precision: ratio(correct, predicted)
      case .recall: ratio(correct, meant)
      case .accuracy: ratio(correctWords, words)
      }
    }
  }

  private let inputs: StoredInputs
  private let items: [String: Split]
  private let labels: Int
  private let tags: EntityTags

  public var count: Int { inputs.count }
  public var outputKind: ModelOutputKind { .wordLogits }
  public var splits: [String: Int] { items.mapValues(\.rows.count) }
  public var metricNames: [String] { Metric.allCases.map(\.rawValue) }

  public func input(at index: Int) -> EvaluationInput { inputs.input(at: index) }

  /// - Parameter options: `labels` of the model.
  /// - Throws: `EvaluationError` with file and line for a malformed record, a tag that the model does
  ///   not have, or an empty split.
  public init(directory: URL, options: EvaluationOptions) throws {
    guard let names = options.labels, !names.isEmpty else {
      throw EvaluationError(
        file: directory.path, problem: "the model has no labels for words",
        remedy: "use a model with a token classification head")
    }
    (inputs, items) = try Self.read(
      directory, LabelNames(names, order: options.labelOrder, numbersNeedOrder: true),
      options.columns)
    labels = names.count
    tags = EntityTags(names)
  }

  public func rows(of split: String) throws -> [Int32] { try items(of: split).rows }

  public func predictions(split: String, outputs: OutputRows) throws -> Predictions {
    let items = try items(of: split)
    try EvaluationDatasets.checkRows(outputs, inputs: count)
    return .tokenLabels(
      try items.rows.indices.map { sentence in
        let words = items.starts[sentence + 1] - items.starts[sentence]
        let row = try outputs.row(Int(items.rows[sentence]))
        guard row.count % labels == 0, row.count <= words * labels else {
          throw EvaluationError(
            problem: "the model gives \(row.count) numbers for \(words) words and \(labels) labels",
            remedy: "pass one number per label for every word, in the words' order")
        }
        var found = stride(from: row.startIndex, to: row.endIndex, by: labels).map {
          indexOfMaximum(Array(row[$0..<$0 + labels]))
        }
        found += [Int](repeating: tags.outsideLabel, count: words - found.count)
        return found
      })
  }

  /// F1, precision and recall of whole entities, and the share of words with the right label.
  public func metrics(split: String, _ predictions: Predictions) throws -> [String: Double] {
    var total = Counts()
    for counts in try counts(predictions, split: split).counts { total.add(counts, times: 1) }
    return Dictionary(
      uniqueKeysWithValues: Metric.allCases.map { ($0.rawValue, total.value($0)) })
  }

  /// Sentences are drawn anew; one flips when any of its labels changes.
  public func difference(
    metric name: String, split: String, variant: Predictions, baseline: Predictions,
    resamples: Int, seed: UInt64
  ) throws -> PairedDifference {
    guard let metric = Metric(rawValue: name) else {
      throw EvaluationDatasets.unknownMetric(name, known: metricNames)
    }
    let (labels, counts) = try counts(variant, split: split)
    let (baselineLabels, baselineCounts) = try self.counts(baseline, split: split)
    func value(_ counts: [Counts], _ draws: [Int]) -> Double {
      var total = Counts()
      for (counts, times) in zip(counts, draws) where times > 0 { total.add(counts, times: times) }
      return total.value(metric)
    }
    func difference(_ draws: [Int]) -> Double {
      value(counts, draws) - value(baselineCounts, draws)
    }
    let (lower, upper) = try PairedBootstrap(resamples: resamples, seed: seed).interval(
      items: counts.count, difference: difference)
    return PairedDifference(
      difference: difference([Int](repeating: 1, count: counts.count)), lower: lower,
      upper: upper, flips: zip(labels, baselineLabels).count { $0 != $1 }, items: counts.count)
  }

  private func items(of split: String) throws -> Split {
    guard let items = items[split] else {
      throw EvaluationDatasets.unknownSplit(split, known: items.keys)
    }
    return items
  }

  /// The predicted labels and what each sentence counts.
  private func counts(_ predictions: Predictions, split: String) throws
    -> (labels: [[Int]], counts: [Counts])
  {
    let items = try items(of: split)
    guard case .tokenLabels(let found) = predictions, found.count == items.rows.count,
      found.indices.allSatisfy({ sentence in
        found[sentence].count == items.starts[sentence + 1] - items.starts[sentence]
          && found[sentence].allSatisfy { (-1..<labels).contains($0) }
      })
    else {
      throw EvaluationDatasets.misfit(
        predictions, kind: "token classification", items: items.rows.count)
    }
    return (
      found,
      found.indices.map { sentence in
        let truth = items.labels(of: sentence)
        let meant = tags.entities(truth)
        let predicted = tags.entities(found[sentence])
        return Counts(
          meant: meant.count, predicted: predicted.count,
          correct: meant.intersection(predicted).count, words: truth.count,
          correctWords: zip(truth, found[sentence]).count { $0 == $1 })
      }
    )
  }
}
