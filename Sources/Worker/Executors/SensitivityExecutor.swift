import Foundation
import Jobs
import LookupTables

/// Runs the model once for each candidate table, with only that table in it.
struct SensitivityExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    guard case .sensitivity(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of sensitivity")
    }
    try context.checkKernels(parameters.kernels)
    let candidates = try context.candidates("candidate/")
    guard !candidates.isEmpty else {
      throw TaskFailure.misfit(context.task, "there are no candidates")
    }
    let model = try context.models.model(parameters.model) {
      try context.materialize(parameters.model, wanting: .model)
    }
    let share = 1 / Double(candidates.count + 1)
    let output = try context.outputError(parameters.sample, model: model, share: share)
    let measured = try candidates.enumerated().map { index, element in
      let tables = parameters.sites.map { ($0, element.trained.table) }
      return SensitivityResult.Measured(
        candidate: element.candidate,
        error: try output.mean(of: Dictionary(uniqueKeysWithValues: tables)) {
          try context.progress(share * (Double(index + 1) + $0))
        })
    }
    return try ResultDocument.encode(SensitivityResult(candidates: measured))
  }
}
