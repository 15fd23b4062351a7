import Evaluation
import Foundation
import Jobs
import Models
import ObjectStorage
import Transformers

/// Fetches a job's sources, pins their digests, counts records, and finds out now what would fail
/// later.
struct ResolveExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    guard case .resolve(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of resolve")
    }
    let resolution = try SourceResolution(
      cache: context.cache, models: context.models, progress: context.progress
    ).resolve(parameters)
    return try ResultDocument.encode(resolution)
  }
}

/// The work of `resolve`, which `nnlut plan` does without a coordinator.
struct SourceResolution {
  let cache: SourceCache
  let models: ModelCache
  let progress: (Double) throws -> Void

  func resolve(_ parameters: ResolveParameters) throws -> Resolution {
    let steps = Double(2 + parameters.evaluations.count)
    func fetch(_ source: String, _ wanting: SourceContent, step: Int) throws -> ResolvedSource {
      try progress(Double(step) / steps)
      return try cache.resolve(source, wanting: wanting) {
        try progress((Double(step) + $0) / steps)
      }
    }
    let model = try fetch(parameters.model, .model, step: 0)
    let configuration = try Self.configuration(of: model, source: parameters.model)
    // Weights and tokenizer are read now: what is wrong with them is said at once.
    let description = try models.model(model.digest) { model.location }.description
    let calibration = try fetch(parameters.calibration, .file, step: 1)
    let records = try reading(parameters.calibration) {
      try TextRecords(contentsOf: calibration.location).count
    }
    let evaluations = try parameters.evaluations.enumerated().map { index, evaluation in
      try Self.pin(
        evaluation, fetch(evaluation.source, .dataset, step: 2 + index), model: description)
    }
    try progress(1)
    return Resolution(
      model: PinnedSource(source: model.source, digest: model.digest),
      modelConfiguration: configuration,
      calibration: PinnedSource(source: calibration.source, digest: calibration.digest),
      calibrationRecords: records, evaluations: evaluations, kernels: KernelClass.identity,
      isSentenceEncoder: try Self.dropsHead(configuration, description) ? true : nil)
  }

  private static func configuration(of model: ResolvedSource, source: String) throws -> String {
    let file = model.location.appendingPathComponent("config.json")
    return try reading(source) {
      let bytes = try Data(contentsOf: file)
      _ = try ModelDescription(configuration: bytes)
      guard let text = String(bytes: bytes, encoding: .utf8) else {
        throw TaskFailure.badInput("\(source): config.json is not UTF-8; save it as UTF-8")
      }
      return text
    }
  }

  /// Whether the loaded model runs without the head that its `config.json` speaks of.
  private static func dropsHead(_ configuration: String, _ model: ModelDescription) throws -> Bool {
    try ModelDescription(configuration: Data(configuration.utf8)).head != model.head
  }

  private static func pin(
    _ evaluation: EvaluationSpecification, _ data: ResolvedSource, model: ModelDescription
  ) throws -> PinnedEvaluation {
    let dataset = try EvaluationData.load(
      evaluation.kind, layout: evaluation.layout, labels: model.head.labels,
      folder: data.location, place: evaluation.source)
    try EvaluationData.check(
      dataset, of: evaluation.kind, fits: model, place: evaluation.source)
    guard dataset.metricNames.contains(evaluation.metric) else {
      throw TaskFailure.badInput(
        "evaluation of \(evaluation.source): there is no metric '\(evaluation.metric)' for "
          + "\(evaluation.kind.rawValue); write \(dataset.metricNames.joined(separator: ", "))")
    }
    for split in [evaluation.select, evaluation.report] where dataset.splits[split] == nil {
      let known = dataset.splits.keys.sorted().joined(separator: ", ")
      throw TaskFailure.badInput(
        "evaluation of \(evaluation.source): there is no split '\(split)'; write \(known)")
    }
    guard dataset.count > 0 else {
      throw TaskFailure.badInput("evaluation of \(evaluation.source): the data set has no inputs")
    }
    return PinnedEvaluation(
      data: PinnedSource(source: data.source, digest: data.digest), texts: dataset.count,
      items: dataset.splits)
  }
}
