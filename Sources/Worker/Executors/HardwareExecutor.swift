import Foundation
import HardwareCost
import Jobs

/// Prices one variant's tables in silicon, beside I-BERT.
struct HardwareExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    guard case .hardware(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of hardware")
    }
    let variant = try VariantTables(context)
    guard !variant.isEmpty else { throw TaskFailure.misfit(context.task, "there are no tables") }
    let report = try AnalyticModel.report(
      for: variant.ordered, isEqualWidth: parameters.isEqualWidth)
    try context.progress(1)
    return try ResultDocument.encode(HardwareResult(report: report))
  }
}
