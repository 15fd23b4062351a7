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
  /// The part of a round's progress that its choice is worth; the rest is the measurement.
  private static let choiceShare = 0.3

  func run(_ context: ExecutorContext) throws -> Data {
    guard case .assign(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of assign")
    }
    try context.checkKernels(parameters.kernels)
    // Found before anything is computed.
    _ = try context.distinct(parameters.tables.map { ($0.name, ()) })
    _ = try context.distinct(parameters.tables.flatMap(\.sites).map { ($0, ()) })
    let measured: [[SensitivityResult.Measured]]
    switch try self.measured(parameters, context) {
    case .made(let found): measured = found
    case .notMade(let reasons):
      return try ResultDocument.encode(VariantResult<Assignment>.notMade(reasons))
    }
    let model = try context.models.model(parameters.model) {
      try context.materialize(parameters.model, wanting: .model)
    }
    let share = 1 / Double(Self.rounds + 1)
    let output = try context.outputError(parameters.sample, model: model, share: share)
    let knapsack = ChoiceKnapsack(groups: measured.map { $0.map(ChoiceKnapsack.Option.init) })
    var allowed = parameters.budget
    var tried: [Double] = []
    for round in 1...Self.rounds {
      let choice = try knapsack.best(budget: ErrorUnits.down(allowed)) {
        try context.progress(share * (Double(round) + Self.choiceShare * $0))
      }
      guard let choice else { break }
      let chosen = try zip(zip(parameters.tables, measured), choice).map { pair, index in
        try Self.table(pair.0, pair.1[index], context)
      }
      let tables = zip(parameters.tables, chosen).flatMap { names, table in
        names.sites.map { ($0, table.trained.table) }
      }
      let error = try output.mean(of: context.distinct(tables)) {
        try context.progress(
          share * (Double(round) + Self.choiceShare + (1 - Self.choiceShare) * $0))
      }
      let sum = chosen.map(\.error).reduce(0, +)
      if error <= parameters.budget {
        try context.progress(1)
        return try ResultDocument.encode(
          Assignment(
            tables: context.distinct(Array(zip(parameters.tables.map(\.name), chosen))),
            budget: parameters.budget, error: error, sumOfErrors: sum, allowedSum: allowed,
            rounds: round))
      }
      tried.append(error)
      allowed = min(allowed, sum) * max(0.25, 0.95 * parameters.budget / error)
    }
    return try ResultDocument.encode(
      VariantResult<Assignment>.notMade(Self.outOfReach(parameters, measured, tried)))
  }

  /// For each table what its candidates cost.
  private func measured(_ parameters: AssignParameters, _ context: ExecutorContext) throws
    -> VariantResult<[[SensitivityResult.Measured]]>
  {
    guard parameters.tables.count <= ChoiceKnapsack.maximumGroups else {
      throw TaskFailure.badInput(
        "the model has \(parameters.tables.count) tables; entries: auto chooses at most "
          + "\(ChoiceKnapsack.maximumGroups), so use scope: shared")
    }
    guard (0...OutputError.worst).contains(parameters.budget) else {
      throw TaskFailure.misfit(context.task, "\(parameters.budget) is no budget")
    }
    var reasons: [NotMade] = []
    var measured: [[SensitivityResult.Measured]] = []
    for table in parameters.tables {
      let candidates: [SensitivityResult.Measured]
      switch try context.variantResult(SensitivityResult.self, "sensitivity/\(table.name)") {
      case .made(let found): candidates = found.candidates
      case .notMade(let found):
        reasons.append(found)
        continue
      }
      guard !candidates.isEmpty else {
        throw TaskFailure.misfit(context.task, "\(table.name) has no candidates")
      }
      for one in candidates {
        guard (0...OutputError.worst).contains(one.error),
          PiecewiseLinear.entryLimits.contains(one.candidate.entries)
        else {
          throw TaskFailure.misfit(
            context.task, "\(table.name) as \(one.candidate.name) cannot cost \(one.error)")
        }
      }
      measured.append(candidates)
    }
    return reasons.isEmpty ? .made(measured) : .notMade(NotMade(reasons))
  }

  private static func table(
    _ names: TableNames, _ measured: SensitivityResult.Measured, _ context: ExecutorContext
  ) throws -> AssignedTable {
    let name = "candidate/\(names.name)/\(measured.candidate.name)"
    let found = try context.candidate(name)
    guard found.parameters.function == names.function, case .made(let trained) = found.outcome
    else {
      throw TaskFailure.misfit(context.task, "\(name) is no table of \(names.function.rawValue)")
    }
    var parameters = found.parameters
    parameters.isCandidate = false
    return AssignedTable(
      candidate: measured.candidate, error: measured.error,
      area: AnalyticModel.hardwiredArea(of: trained.table), parameters: parameters,
      trained: trained)
  }

  /// - Parameter tried: The output errors of the choices that were measured.
  private static func outOfReach(
    _ parameters: AssignParameters, _ measured: [[SensitivityResult.Measured]], _ tried: [Double]
  ) -> NotMade {
    let best = measured.map { $0.map(\.error).min() ?? 0 }
    let worst = zip(parameters.tables, best).max { $0.1 < $1.1 }
    let least =
      "each at its best, the tables' own errors add up to \(best.reduce(0, +)), most of it "
      + "\(worst?.1 ?? 0) at \(worst?.0.name ?? "no table")"
    // Of a choice that was not measured nothing is known but its sum.
    let found =
      tried.min().map { closest in
        "no choice of tables was found that keeps a mean output error of \(parameters.budget): of "
          + "\(tried.count) measured the closest has \(closest); \(least)"
      } ?? "a mean output error of \(parameters.budget) is too small a budget: \(least)"
    return NotMade(
      table: "assignment",
      reason: "\(found); raise the variant's budget, add a more precise format, or use scaling: "
        + "exponent")
  }
}

/// Output errors and areas as integers, so that their sums are exact.
enum ErrorUnits {
  private static let perOne = 0x1p50

  /// - Parameter error: In `0...2`.
  static func up(_ error: Double) -> Int { Int((error * perOne).rounded(.up)) }
  /// - Parameter error: In `0...2`.
  static func down(_ error: Double) -> Int { Int((error * perOne).rounded(.down)) }
}

extension ChoiceKnapsack.Option {
  /// The area in thousandths of a µm².
  /// - Parameter measured: With an error in `0...2` and 2 to 256 entries.
  init(_ measured: SensitivityResult.Measured) {
    let candidate = measured.candidate
    let area = AnalyticModel.hardwiredArea(
      entries: candidate.entries, format: candidate.format, hasFloor: measured.dips ?? false)
    self.init(cost: Int((area * 1000).rounded()), error: ErrorUnits.up(measured.error))
  }
}
