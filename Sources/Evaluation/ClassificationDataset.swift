import Foundation

/// Texts, or pairs of texts, with a class.
///
/// With `head.json` in the folder the model's embeddings are judged through that linear head;
/// without it the model's own outputs are, one per label. A split is `<split>.tsv`, `.csv`, `.jsonl`
/// or `.json` with columns of text and label (`ColumnNames`), or `<split>.tsv` without a header:
/// label, tab, text; or `stsa.binary.<split>`: label, space, text.
public struct ClassificationDataset: EvaluationDataset {
  private struct Split: Sendable {
    /// Rows of the items' inputs.
    var rows: [Int32] = []
    /// Which of the model's labels each item has.
    var labels: [Int32] = []
  }

  private let inputs: StoredInputs
  private let items: [String: Split]
  private let labels: LabelNames
  private let head: ClassificationHead?

  public var count: Int { inputs.count }
  public var outputKind: ModelOutputKind { head == nil ? .logits : .embedding }
  public var splits: [String: Int] { items.mapValues(\.rows.count) }
  public var metricNames: [String] { metrics.map(\.rawValue) }

  /// Results of heads on embeddings are older than the third metric and stay as they are.
  private var metrics: [ConfusionCounts.Metric] {
    head == nil ? ConfusionCounts.Metric.allCases : [.accuracy, .f1]
  }

  public func input(at index: Int) -> EvaluationInput { inputs.input(at: index) }

  /// - Parameter options: `labels` of the model, unless there is a `head.json`.
  /// - Throws: `EvaluationError` with file and line for a malformed record, a label that the model
  ///   does not have, or an empty split.
  public init(directory: URL, options: EvaluationOptions = EvaluationOptions()) throws {
    let file = directory.appendingPathComponent("head.json")
    let hasHead = FileManager.default.fileExists(atPath: file.path)
    let files = try SplitFiles.find(
      in: directory, extensions: ["tsv", "csv", "jsonl", "json"],
      remedy: "add <split>.tsv with label, tab, text, or with a header")
    head = hasHead ? try ClassificationHead(contentsOf: file) : nil
    guard let names = head?.labels ?? options.labels, names.count > 1 else {
      throw EvaluationError(
        file: directory.path,
        problem: "the model has no labels to classify with, and the folder has no head.json",
        remedy: "use a model with a classification head, or put a head on its embeddings into "
          + "head.json")
    }
    labels = try LabelNames(names, order: options.labelOrder)
    let columns = try ColumnNames(.classes, options.columns)
    var pool = InputPool()
    var items: [String: Split] = [:]
    for (split, url) in files {
      items[split] = try Self.read(
        MappedFile(url), columns, labels, allowsPairs: !hasHead, into: &pool)
    }
    guard !items.isEmpty else {
      throw EvaluationError(
        file: directory.path, problem: "no split has labels", remedy: columns.remedy)
    }
    inputs = pool.stored
    self.items = items
  }

  /// One split; nil when its file has no labels, or -1 for all of them.
  private static func read(
    _ file: MappedFile, _ columns: ColumnNames, _ labels: LabelNames, allowsPairs: Bool,
    into pool: inout InputPool
  ) throws -> Split? {
    var split = Split()
    var unlabelled: Int?
    let table = RecordTable(file: file, index: try pool.add(file), columns: columns)
    let isLabelled = try table.visit { row in
      let name = file.text(row.label)
      guard name != "-1" else {
        unlabelled = unlabelled ?? row.offset
        return
      }
      do throws(LabelNames.Unknown) {
        split.labels.append(Int32(clamping: try labels.index(of: name)))
      } catch {
        throw file.error(at: row.offset, error.problem, error.remedy)
      }
      guard allowsPairs || row.pair == nil else {
        throw file.error(
          at: row.offset, "the record has two texts, and head.json judges one embedding",
          "choose the column of the text under columns")
      }
      split.rows.append(pool.row(of: row.pair.map { .pair(row.text, $0) } ?? .text(row.text)))
    }
    guard isLabelled else { return nil }
    if let unlabelled {
      guard !split.rows.isEmpty else { return nil }
      throw file.error(at: unlabelled, "the label is -1, which is none", "leave the record out")
    }
    guard !split.rows.isEmpty else {
      throw file.error(at: nil, "the split is empty", "add records of label and text")
    }
    return split
  }

  public func rows(of split: String) throws -> [Int32] { try items(of: split).rows }

  public func predictions(split: String, outputs: OutputRows) throws -> Predictions {
    let items = try items(of: split)
    try EvaluationDatasets.checkRows(outputs, inputs: count)
    guard let head else {
      return .classification(
        scores: try items.rows.map { row in
          let scores = Array(try outputs.row(Int(row)))
          guard scores.count == labels.names.count else {
            throw EvaluationError(
              problem: "the model gives \(scores.count) numbers for \(labels.names.count) labels",
              remedy: "pass the logits of a model with these labels")
          }
          return scores
        })
    }
    let embeddings = try EmbeddingRows(outputs)
    guard embeddings.columns == head.columns else {
      throw EvaluationError(
        problem: "the head has \(head.columns) weights a row, the embeddings \(embeddings.columns)",
        remedy: "use a head that was fitted on this model's embeddings")
    }
    return .classification(
      scores: try items.rows.map { row in
        head.scores(
          (try head.normalizes ? embeddings.unit(Int(row)) : embeddings.row(Int(row)))[...])
      })
  }

  /// Accuracy; F1 of the second label (two labels) or the mean F1 of all labels (more); Matthews'
  /// correlation.
  public func metrics(split: String, _ predictions: Predictions) throws -> [String: Double] {
    let classes = try classes(predictions, split: split)
    let counts = confusion(try items(of: split), classes, [Int](repeating: 1, count: classes.count))
    return Dictionary(uniqueKeysWithValues: metrics.map { ($0.rawValue, counts.value($0)) })
  }

  /// A text flips when its class changes.
  public func difference(
    metric name: String, split: String, variant: Predictions, baseline: Predictions,
    resamples: Int, seed: UInt64
  ) throws -> PairedDifference {
    guard let metric = metrics.first(where: { $0.rawValue == name }) else {
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
      items: classes.count, difference: difference)
    func isRight(_ classes: [Int]) -> [Bool] { zip(classes, items.labels).map { $0 == Int($1) } }
    return PairedDifference(
      difference: difference([Int](repeating: 1, count: classes.count)), lower: lower,
      upper: upper, flips: zip(classes, baselineClasses).count { $0 != $1 }, items: classes.count,
      mcNemar: head == nil && metric == .accuracy
        ? McNemar.p(variant: isRight(classes), baseline: isRight(baselineClasses)) : nil)
  }

  private func items(of split: String) throws -> Split {
    guard let items = items[split] else {
      throw EvaluationDatasets.unknownSplit(split, known: items.keys)
    }
    return items
  }

  private func classes(_ predictions: Predictions, split: String) throws -> [Int] {
    let count = try items(of: split).rows.count
    guard case .classification(let scores) = predictions, scores.count == count,
      scores.allSatisfy({ $0.count == labels.names.count && $0.allSatisfy(\.isFinite) })
    else {
      throw EvaluationDatasets.misfit(predictions, kind: "classification", items: count)
    }
    return scores.map(indexOfMaximum)
  }

  private func confusion(_ items: Split, _ classes: [Int], _ counts: [Int]) -> ConfusionCounts {
    var confusion = ConfusionCounts(labels: labels.names.count, positive: labels.positive)
    for index in classes.indices {
      confusion.add(counts[index], truth: Int(items.labels[index]), prediction: classes[index])
    }
    return confusion
  }
}
