import ActivationStatistics
import Approximation
import Foundation
import Jobs
import LookupTables

/// Makes one table: of a variant, a candidate of `entries: auto`, or the one chosen among those.
struct TrainExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    switch context.task.parameters {
    case .train(let parameters):
      guard parameters.isCandidate else {
        return try ResultDocument.encode(outcome(parameters, context))
      }
      let outcome: CandidateTable.Outcome
      do {
        outcome = .made(table: try fitted(parameters, context))
      } catch let error as Unfit {
        outcome = .impossible(reason: error.reason)
      }
      return try ResultDocument.encode(CandidateTable(parameters: parameters, outcome: outcome))
    case .chosen(let parameters):
      return try ResultDocument.encode(chosen(parameters, context))
    default:
      throw TaskFailure.misfit(context.task, "these are no parameters of train")
    }
  }

  /// The table that `assign` has chosen, made again to prove how good it is: candidates are many,
  /// and a proof can take longer than the table.
  private func chosen(_ parameters: ChosenTableParameters, _ context: ExecutorContext) throws
    -> VariantResult<TrainedTable>
  {
    let assignment: Assignment
    switch try context.variantResult(Assignment.self, "assignment") {
    case .made(let found): assignment = found
    case .notMade(let reasons): return .notMade(reasons)
    }
    guard let choice = assignment.tables[parameters.table] else {
      throw TaskFailure.misfit(context.task, "no table was chosen for \(parameters.table)")
    }
    let trained = try outcome(choice.parameters, context)
    guard trained.value?.table == choice.trained.table else {
      throw TaskFailure.misfit(context.task, "the chosen table does not come out again")
    }
    return trained
  }

  /// A table with its certificate, or why there is none: that ends its variant and nothing else.
  private func outcome(_ parameters: TrainParameters, _ context: ExecutorContext) throws
    -> VariantResult<TrainedTable>
  {
    do {
      return .made(try fitted(parameters, context))
    } catch let error as Unfit {
      let table = parameters.sites.count == 1 ? parameters.sites[0] : parameters.function.rawValue
      return .notMade(NotMade(table: table, reason: error.reason))
    }
  }

  /// There is no such table.
  private struct Unfit: Error { var reason: String }

  private func fitted(_ parameters: TrainParameters, _ context: ExecutorContext) throws
    -> TrainedTable
  {
    let needsHistogram = parameters.calibrate || parameters.range != .fixed
    let histogram = needsHistogram ? try histogram(parameters, context) : nil
    let request = FitRequest(
      function: .nonlinear(parameters.function),
      approximator: try approximator(parameters, context),
      entries: parameters.entries, format: parameters.format, scaling: parameters.scaling,
      domain: try Self.domain(parameters, histogram),
      weights: parameters.calibrate ? histogram.map(Self.weights) : nil, seed: parameters.seed,
      objective: parameters.objective, continuity: parameters.continuity,
      constraints: parameters.constraints, scales: parameters.scales,
      wantsCertificate: !parameters.isCandidate, relativeFloor: parameters.relativeFloor)
    let fitted: FittedTable
    do {
      fitted = try request.fit(progress: context.progress)
    } catch let error as ApproximationError {
      throw Unfit(reason: "\(error)")
    } catch let error as TableError {
      throw Unfit(reason: "\(error)")
    }
    return TrainedTable(
      function: parameters.function, table: fitted.table, maximumError: fitted.maximumError,
      meanSquaredError: fitted.meanSquaredError, notes: fitted.notes,
      certificate: fitted.certificate, withheld: fitted.withheld)
  }

  private static func place(_ parameters: TrainParameters) -> String {
    parameters.sites.count == 1
      ? parameters.sites[0] : "the shared table of \(parameters.function.rawValue)"
  }

  private static func unfit(_ parameters: TrainParameters, _ problem: String) -> TaskFailure {
    .badInput("\(place(parameters)): \(problem); choose another range, scaling or format")
  }

  private func approximator(_ parameters: TrainParameters, _ context: ExecutorContext) throws
    -> Approximator
  {
    switch (parameters.approximator, parameters.recipe) {
    case (.optimal, nil): return .optimal
    case (.linearLUT, nil): return .linearLUT
    case (.nnLUT, .paper?): return .nnLUT(.paper)
    case (.nnLUT, .refined?): return .nnLUT(.refined)
    case (.linearLUT, _), (.optimal, _), (.nnLUT, nil):
      throw TaskFailure.misfit(context.task, "approximator and recipe do not go together")
    }
  }

  /// The histogram of all sites together.
  private func histogram(_ parameters: TrainParameters, _ context: ExecutorContext) throws
    -> ActivationHistogram
  {
    let set = try ResultDocument.decode(HistogramSet.self, from: context.input("histograms"))
    var sum = ActivationHistogram()
    for site in parameters.sites {
      guard let bytes = set.sites[site] else {
        throw TaskFailure.misfit(context.task, "there is no histogram of \(site)")
      }
      try sum.merge(ActivationHistogram(decoding: [UInt8](bytes)))
    }
    let notFinite = sum.nanCount + sum.positiveInfinityCount + sum.negativeInfinityCount
    guard notFinite == 0, sum.count > 0 else {
      throw TaskFailure.badInput(
        "\(Self.place(parameters)): the exact model gave it \(sum.count) finite values and "
          + "\(notFinite) NaN or infinities; check the model's weights and the calibration text")
    }
    return sum
  }

  private static func domain(_ parameters: TrainParameters, _ histogram: ActivationHistogram?)
    throws -> ClosedRange<Double>
  {
    let range: ClosedRange<Float>?
    switch parameters.range {
    case .fixed: return parameters.function.paperDomain
    case .percentile(let percentile): range = histogram?.range(percentile: percentile)
    case .observed:
      if let lower = histogram?.minimum, let upper = histogram?.maximum, lower <= upper {
        range = lower...upper
      } else {
        range = nil
      }
    }
    guard let range else { throw unfit(parameters, "nothing was collected for it") }
    return Double(range.lowerBound)...Double(range.upperBound)
  }

  private static func weights(_ histogram: ActivationHistogram) -> [WeightedInterval] {
    histogram.buckets.map {
      WeightedInterval(
        lower: Double($0.lower), upper: Double($0.upper), weight: Double($0.count))
    }
  }
}
