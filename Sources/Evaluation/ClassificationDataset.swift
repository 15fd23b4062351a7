import Foundation

/// Sentences with a class, judged through a linear head on their embeddings.
///
/// A split is `<split>.tsv` (label, tab, text; no header) or `stsa.binary.<split>` (label, space,
/// text). Labels are the head's names or indices.
public struct ClassificationDataset: EvaluationDataset {
  struct Item: Sendable {
    /// Row of its text.
    var row: Int
    /// Index into the head's labels.
    var label: Int
  }

  public let texts: [String]

  public var count: Int { texts.count }

  public func input(at index: Int) -> EvaluationInput { .text(texts[index]) }

  public var outputKind: ModelOutputKind { .embedding }

  private let items: [String: [Item]]
  private let head: ClassificationHead

  public var splits: [String: Int] { items.mapValues(\.count) }

  public var metricNames: [String] { ConfusionCounts.Metric.allCases.map(\.rawValue) }

  /// - Throws: `EvaluationError` with file and line for a malformed line, a label that the head does
  ///   not have, or an empty split.
  public init(directory: URL) throws {
    let prefix = "stsa.binary."
    let files = try EvaluationDatasets.splitFiles(
      in: directory, patterns: [(prefix, ""), ("", ".tsv")],
      remedy: "add <split>.tsv with label, tab, text")
    let head = try ClassificationHead(contentsOf: directory.appendingPathComponent("head.json"))
    var pool = TextPool()
    var items: [String: [Item]] = [:]
    for (split, file) in files {
      let lines = try LineReader(file)
      let separator: Character = file.lastPathComponent.hasPrefix(prefix) ? " " : "\t"
      items[split] = try lines.filter { !$0.text.isBlank }.map { line in
        guard let end = line.text.firstIndex(of: separator) else {
          throw lines.error(
            line.number, "the line has no \(separator == "\t" ? "tab" : "space") after a label",
            "write label, \(separator == "\t" ? "tab" : "space"), text")
        }
        guard let label = head.label(line.text[..<end]) else {
          throw lines.error(
            line.number, "the head has no label '\(line.text[..<end].prefix(40))'",
            "use \(head.labels.prefix(20).joined(separator: ", ")) or an index from 0")
        }
        return Item(row: pool.row(of: String(line.text[end...].dropFirst())), label: label)
      }
      guard items[split]?.isEmpty == false else {
        throw lines.error(nil, "the split is empty", "add lines of label and text")
      }
    }
    texts = pool.texts
    self.items = items
    self.head = head
  }

  public func predictions(split: String, outputs: OutputRows) throws -> Predictions {
    let embeddings = try outputs.matrix()
    let items = try items(of: split)
    try EvaluationDatasets.checkRows(embeddings, texts: texts.count)
    guard embeddings.columns == head.columns else {
      throw EvaluationError(
        problem: "the head has \(head.columns) weights a row, the embeddings \(embeddings.columns)",
        remedy: "use a head that was fitted on this model's embeddings")
    }
    let matrix = head.normalizes ? embeddings.normalized() : embeddings
    return .classification(
      scores: items.map { item in
        head.scores(matrix.values[item.row * matrix.columns..<(item.row + 1) * matrix.columns])
      })
  }

  /// Accuracy, and F1 of the second label (two labels) or the mean F1 of all labels (more).
  public func metrics(split: String, _ predictions: Predictions) throws -> [String: Double] {
    let classes = try classes(predictions, split: split)
    let counts = confusion(try items(of: split), classes, [Int](repeating: 1, count: classes.count))
    return Dictionary(
      uniqueKeysWithValues: ConfusionCounts.Metric.allCases.map { ($0.rawValue, counts.value($0)) })
  }

  /// A sentence flips when its class changes.
  public func difference(
    metric name: String, split: String, variant: Predictions, baseline: Predictions,
    resamples: Int, seed: UInt64
  ) throws -> PairedDifference {
    guard let metric = ConfusionCounts.Metric(rawValue: name) else {
      throw EvaluationDatasets.unknownMetric(name, known: metricNames)
    }
    let items = try items(of: split)
    let classes = try classes(variant, split: split)
    let baselineClasses = try self.classes(baseline, split: split)
    func difference(_ counts: [Int]) -> Double {
      confusion(items, classes, counts).value(metric)
        - confusion(items, baselineClasses, counts).value(metric)
    }
    let (lower, upper) = try PairedBootstrap(resamples: resamples, seed: seed).interval(
      items: items.count, difference: difference)
    return PairedDifference(
      difference: difference([Int](repeating: 1, count: items.count)), lower: lower, upper: upper,
      flips: zip(classes, baselineClasses).count { $0 != $1 }, items: items.count)
  }

  private func items(of split: String) throws -> [Item] {
    guard let items = items[split] else {
      throw EvaluationDatasets.unknownSplit(split, known: items.keys)
    }
    return items
  }

  private func classes(_ predictions: Predictions, split: String) throws -> [Int] {
    let count = try items(of: split).count
    guard case .classification(let scores) = predictions, scores.count == count,
      scores.allSatisfy({ $0.count == head.labels.count && $0.allSatisfy(\.isFinite) })
    else {
      throw EvaluationDatasets.misfit(predictions, kind: "classification", items: count)
    }
    return scores.map(indexOfMaximum)
  }

  private func confusion(_ items: [Item], _ classes: [Int], _ counts: [Int]) -> ConfusionCounts {
    var confusion = ConfusionCounts(labels: head.labels.count)
    for index in items.indices {
      confusion.add(counts[index], truth: items[index].label, prediction: classes[index])
    }
    return confusion
  }
}
