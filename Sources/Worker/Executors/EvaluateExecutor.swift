import Evaluation
import Foundation
import Jobs
import LookupTables
import Models
import Transformers

/// Runs the model, exact or with a variant's tables, over one shard of an evaluation's inputs.
struct EvaluateExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    guard case .evaluate(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of evaluate")
    }
    let variant = try VariantTables(context)
    if let reasons = variant.notMade {
      return try ResultDocument.encode(VariantResult<ModelOutputs>.notMade(reasons))
    }
    try context.checkKernels(parameters.kernels)
    let folder = try context.materialize(parameters.data, wanting: .dataset)
    let model = try context.models.model(parameters.model, numbers(parameters, context)) {
      try context.materialize(parameters.model, wanting: .model)
    }
    let dataset = try EvaluationData.load(
      parameters.kind, layout: parameters.layout, labels: model.description.head.labels,
      folder: folder)
    guard parameters.range.lowerBound >= 0, parameters.range.upperBound <= dataset.count else {
      throw TaskFailure.misfit(
        context.task, "\(dataset.count) inputs have no \(parameters.range)")
    }
    let run = ModelRun(
      model: model, nonlinearities: try nonlinearities(model.description, variant, context.task))
    return try ResultDocument.encode(
      try ModelOutputs(run.rows(of: dataset, parameters.range, progress: context.progress)))
  }

  private func numbers(_ parameters: EvaluateParameters, _ context: ExecutorContext) throws
    -> ModelNumbers
  {
    let precision = parameters.precision ?? .fp32
    guard precision == .int8 else { return ModelNumbers(precision: precision) }
    let set = try ResultDocument.decode(HistogramSet.self, from: context.input("histograms"))
    return ModelNumbers(precision: .int8, linearInputs: try set.linearInputs())
  }

  private func nonlinearities(
    _ model: ModelDescription, _ variant: VariantTables, _ task: ClaimedTask
  ) throws -> Nonlinearities {
    guard !variant.isEmpty else { return .exact(model) }
    var tables: [String: LookupTable] = [:]
    for site in model.sites {
      guard let table = variant.tables[site.name] ?? variant.tables[site.function.rawValue],
        table.function == site.function
      else {
        throw TaskFailure.misfit(task, "there is no table for \(site.name)")
      }
      tables[site.name] = table.table
    }
    return try Nonlinearities(model: model, tables: tables)
  }
}
