import Evaluation
import Foundation
import Jobs

/// Turns an evaluation's shards into metrics and compares them with the baseline.
struct ScoreExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    guard case .score(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of score")
    }
    let folder = try context.materialize(parameters.data, wanting: .dataset)
    let dataset = try reading("evaluation data") {
      try EvaluationDatasets.loadDataset(kind: parameters.kind.rawValue, directory: folder)
    }
    let isVariant = context.inputNames.contains("baseline")
    let baseline =
      isVariant
      ? try ResultDocument.decode(ScoreResult.self, from: context.input("baseline")) : nil
    let (embeddings, unusable) = try embeddings(context, texts: dataset.texts.count)
    guard isVariant || unusable == 0 else {
      throw TaskFailure.badInput(
        "the exact model's output is NaN or infinite for \(unusable) texts; check its weights")
    }
    var splits: [String: SplitScore] = [:]
    let wanted = Set([parameters.select, parameters.report]).sorted()
    for (index, split) in wanted.enumerated() {
      try context.progress(0.2 + 0.8 * Double(index) / Double(wanted.count))
      let predictions = try dataset.predictions(split: split, embeddings: embeddings)
      var differences: [String: PairedDifference] = [:]
      if let baseline {
        guard let exact = baseline.splits[split] else {
          throw TaskFailure.misfit(context.task, "the baseline has no split \(split)")
        }
        for metric in dataset.metricNames {
          differences[metric] = try dataset.difference(
            metric: metric, split: split, variant: predictions, baseline: exact.predictions,
            resamples: parameters.resamples, seed: parameters.seed)
        }
      }
      splits[split] = SplitScore(
        metrics: try dataset.metrics(split: split, predictions), predictions: predictions,
        differences: differences)
    }
    try context.progress(1)
    return try ResultDocument.encode(ScoreResult(splits: splits, unusableTexts: unusable))
  }

  /// All shards' rows. A row that is not finite says nothing about its text: it becomes zeros, which
  /// are equally far from everything, and is counted.
  private func embeddings(_ context: ExecutorContext, texts: Int) throws -> (EmbeddingMatrix, Int) {
    // By number: beyond 9999 it has more digits.
    let shards = context.inputNames.filter { $0.hasPrefix("outputs/") }
      .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    var values: [Float] = []
    var columns = 0
    for (index, name) in shards.enumerated() {
      try context.progress(0.2 * Double(index) / Double(shards.count))
      let outputs = try ResultDocument.decode(ModelOutputs.self, from: context.input(name))
      guard let floats = outputs.floats, columns == 0 || columns == outputs.columns else {
        throw TaskFailure.misfit(context.task, "\(name) is damaged or of another width")
      }
      columns = outputs.columns
      values += floats
    }
    guard columns > 0, values.count == texts * columns else {
      throw TaskFailure.misfit(context.task, "the outputs do not fit \(texts) texts")
    }
    var unusable = 0
    for row in 0..<texts {
      let span = row * columns..<(row + 1) * columns
      guard !values[span].allSatisfy(\.isFinite) else { continue }
      unusable += 1
      values.replaceSubrange(span, with: repeatElement(0, count: columns))
    }
    return (try EmbeddingMatrix(rows: texts, columns: columns, values: values), unusable)
  }
}
