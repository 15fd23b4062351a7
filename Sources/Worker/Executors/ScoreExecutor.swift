import Evaluation
import Foundation
import Jobs

/// Turns an evaluation's shards into metrics and compares them with the baseline.
struct ScoreExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    guard case .score(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of score")
    }
    if let reasons = try notMade(context) {
      return try ResultDocument.encode(VariantResult<ScoreResult>.notMade(reasons))
    }
    let folder = try context.materialize(parameters.data, wanting: .dataset)
    let dataset = try EvaluationData.load(
      parameters.kind, layout: parameters.layout, labels: parameters.labels, folder: folder)
    let isVariant = context.inputNames.contains("baseline")
    let baseline =
      isVariant
      ? try ResultDocument.decode(ScoreResult.self, from: context.input("baseline")) : nil
    let (outputs, unusable) = try outputs(context, dataset)
    guard isVariant || unusable == 0 else {
      throw TaskFailure.badInput(
        "the exact model's output is NaN or infinite for \(unusable) inputs; check its weights")
    }
    var splits: [String: SplitScore] = [:]
    let wanted = Set([parameters.select, parameters.report]).sorted()
    for (index, split) in wanted.enumerated() {
      try context.progress(0.2 + 0.8 * Double(index) / Double(wanted.count))
      let predictions = try dataset.predictions(split: split, outputs: outputs)
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

  /// Why the variant could not be run: then no shard was.
  private func notMade(_ context: ExecutorContext) throws -> NotMade? {
    guard let name = context.inputNames.first(where: { $0.hasPrefix("outputs/") }) else {
      return nil
    }
    return try context.variantResult(ModelOutputs.self, name).notMade
  }

  /// All shards' rows, and how many were not finite.
  private func outputs(_ context: ExecutorContext, _ dataset: any EvaluationDataset) throws
    -> (OutputRows, Int)
  {
    // By number: beyond 9999 it has more digits.
    let shards = context.inputNames.filter { $0.hasPrefix("outputs/") }
      .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    var collector = OutputCollector(dataset.outputKind, folder: context.scratch)
    var count = 0
    for (index, name) in shards.enumerated() {
      try context.progress(0.2 * Double(index) / Double(shards.count))
      let outputs = try ResultDocument.decode(ModelOutputs.self, from: context.input(name))
      guard let shard = outputs.ragged else {
        throw TaskFailure.misfit(context.task, "\(name) is damaged")
      }
      let rows = try OutputRows(lengths: shard.lengths, values: shard.values)
      for row in 0..<rows.count { try collector.append(try rows.row(row)) }
      count += rows.count
    }
    guard count == dataset.count else {
      throw TaskFailure.misfit(context.task, "the outputs do not fit \(dataset.count) inputs")
    }
    let unusable = collector.unusable
    return (try collector.rows(), unusable)
  }
}
