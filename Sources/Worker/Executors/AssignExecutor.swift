import Foundation
import HardwareCost
import Jobs
import LookupTables

/// Chooses one candidate for each table: the least area whose output errors add up to no more than
/// the budget; and measures that the model with all of them keeps it. Where several tables together
/// cost more than their sum, the sum is held to less and the choice made again.
struct AssignExecutor: TaskExecutor {
  /// Choices that are measured before the budget counts as out of reach.
  private static let rounds = 12

  func run(_ context: ExecutorContext) throws -> Data {
    guard case .assign(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of assign")
    }
    try context.checkKernels(parameters.kernels)
    let measured = try parameters.tables.map { table in
      let bytes = try context.input("sensitivity/\(table.name)")
      let candidates = try ResultDocument.decode(SensitivityResult.self, from: bytes).candidates
      guard !candidates.isEmpty else {
        throw TaskFailure.misfit(context.task, "\(table.name) has no candidates")
      }
      return candidates
    }
    let model = try context.models.model(parameters.model) {
      try context.materialize(parameters.model, wanting: .model)
    }
    let share = 1 / Double(Self.rounds + 1)
    let output = try context.outputError(parameters.sample, model: model, share: share)
    let knapsack = ChoiceKnapsack(groups: measured.map { $0.map(ChoiceKnapsack.Option.init) })
    var allowed = parameters.budget
    var least: Double?
    for round in 1...Self.rounds {
      guard let choice = knapsack.best(budget: ErrorUnits.down(allowed)) else { break }
      let chosen = try zip(zip(parameters.tables, measured), choice).map { pair, index in
        try Self.table(pair.0, pair.1[index], context)
      }
      let tables = zip(parameters.tables, chosen).flatMap { names, table in
        names.sites.map { ($0, table.trained.table) }
      }
      let error = try output.mean(of: Dictionary(uniqueKeysWithValues: tables)) {
        try context.progress(share * (Double(round) + $0))
      }
      let sum = chosen.map(\.error).reduce(0, +)
      if error <= parameters.budget {
        try context.progress(1)
        return try ResultDocument.encode(
          Assignment(
            tables: Dictionary(
              uniqueKeysWithValues: zip(parameters.tables.map(\.name), chosen)),
            budget: parameters.budget, error: error, sumOfErrors: sum, allowedSum: allowed,
            rounds: round))
      }
      least = min(least ?? error, error)
      allowed = min(allowed, sum) * max(0.25, 0.95 * parameters.budget / error)
    }
    throw Self.outOfReach(parameters, measured, least)
  }

  private static func table(
    _ names: TableNames, _ measured: SensitivityResult.Measured, _ context: ExecutorContext
  ) throws -> AssignedTable {
    let name = "candidate/\(names.name)/\(measured.candidate.name)"
    let trained = try ResultDocument.decode(TrainedTable.self, from: context.input(name))
    guard trained.function == names.function else {
      throw TaskFailure.misfit(context.task, "\(name) is a table of \(trained.function.rawValue)")
    }
    return AssignedTable(
      candidate: measured.candidate, error: measured.error,
      area: AnalyticModel.hardwiredArea(of: trained.table), trained: trained)
  }

  private static func outOfReach(
    _ parameters: AssignParameters, _ measured: [[SensitivityResult.Measured]], _ least: Double?
  ) -> TaskFailure {
    let best = measured.map { $0.map(\.error).min() ?? 0 }
    let worst = zip(parameters.tables, best).max { $0.1 < $1.1 }
    let together = least.map { "; the closest choice has \($0)" } ?? ""
    return TaskFailure(
      code: "budget-out-of-reach",
      message: "no choice of tables keeps a mean output error of \(parameters.budget): the best "
        + "ones' errors add up to \(best.reduce(0, +)), most of it \(worst?.1 ?? 0) at "
        + "\(worst?.0.name ?? "no table")\(together); raise the variant's budget, add a more "
        + "precise format, or use scaling: exponent",
      isRetryable: false)
  }
}

/// Output errors and areas as integers, so that their sums are exact.
enum ErrorUnits {
  private static let perOne = 0x1p50

  static func up(_ error: Double) -> Int { Int((error * perOne).rounded(.up)) }
  static func down(_ error: Double) -> Int { Int((error * perOne).rounded(.down)) }
}

extension ChoiceKnapsack.Option {
  /// The area in thousandths of a µm².
  init(_ measured: SensitivityResult.Measured) {
    let candidate = measured.candidate
    let area = AnalyticModel.hardwiredArea(entries: candidate.entries, format: candidate.format)
    self.init(cost: Int((area * 1000).rounded()), error: ErrorUnits.up(measured.error))
  }
}
