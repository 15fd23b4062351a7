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
    var made: [(candidate: TableCandidate, trained: TrainedTable)] = []
    var impossible: [SensitivityResult.Impossible] = []
    for name in context.inputNames where name.hasPrefix("candidate/") {
      let found = try context.candidate(name)
      switch found.outcome {
      case .made(let trained): made.append((found.candidate, trained))
      case .impossible(let reason):
        impossible.append(.init(candidate: found.candidate, reason: reason))
      }
    }
    guard !made.isEmpty else {
      guard !impossible.isEmpty else {
        throw TaskFailure.misfit(context.task, "there are no candidates")
      }
      return try ResultDocument.encode(
        VariantResult<SensitivityResult>.notMade(Self.noneCanBeMade(parameters, impossible)))
    }
    let model = try context.models.model(parameters.model) {
      try context.materialize(parameters.model, wanting: .model)
    }
    let share = 1 / Double(made.count + 1)
    let output = try context.outputError(parameters.sample, model: model, share: share)
    let measured = try made.enumerated().map { index, element in
      let tables = try context.distinct(parameters.sites.map { ($0, element.trained.table) })
      return SensitivityResult.Measured(
        candidate: element.candidate,
        error: try output.mean(of: tables) {
          try context.progress(share * (Double(index + 1) + $0))
        }, dips: element.trained.table.dips ? true : nil)
    }
    return try ResultDocument.encode(
      SensitivityResult(candidates: measured, impossible: impossible))
  }

  /// Names every reason once, with the candidates that it holds for.
  private static func noneCanBeMade(
    _ parameters: SensitivityParameters, _ impossible: [SensitivityResult.Impossible]
  ) -> NotMade {
    var reasons: [(text: String, candidates: [String])] = []
    for one in impossible {
      if let index = reasons.firstIndex(where: { $0.text == one.reason }) {
        reasons[index].candidates.append(one.candidate.name)
      } else {
        reasons.append((one.reason, [one.candidate.name]))
      }
    }
    let place =
      parameters.sites.count == 1
      ? parameters.sites[0] : "the table shared by \(parameters.sites.joined(separator: ", "))"
    return NotMade(
      table: place,
      reason: "none of \(impossible.count) candidates of entries: auto can be made: "
        + reasons.map { "\($0.candidates.joined(separator: ", ")): \($0.text)" }
        .joined(separator: "; "))
  }
}
