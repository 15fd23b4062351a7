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
    if let reasons = variant.notMade {
      if parameters.isRequired == true { try checkOthers(context, reasons) }
      return try ResultDocument.encode(VariantResult<HardwareResult>.notMade(reasons))
    }
    guard !variant.isEmpty else { throw TaskFailure.misfit(context.task, "there are no tables") }
    let report = try AnalyticModel.report(
      for: variant.ordered, isEqualWidth: parameters.isEqualWidth)
    try context.progress(1)
    return try ResultDocument.encode(HardwareResult(report: report))
  }
  /// - Throws: `TaskFailure` with all reasons when none of the other variants was made either, or
  ///   none was asked for.
  private func checkOthers(_ context: ExecutorContext, _ own: NotMade) throws {
    var reasons: [NotMade] = []
    for name in context.inputNames where name.hasPrefix("variant/") {
      guard let found = try context.variantResult(HardwareResult.self, name).notMade else { return }
      reasons.append(found)
    }
    let all = NotMade(reasons + [own])
    throw TaskFailure(
      code: "variant-not-made",
      message: (reasons.isEmpty ? "the variant" : "none of \(reasons.count + 1) variants")
        + " can be made: \(all.explanation); choose another range, scaling, format or number of "
        + "entries",
      isRetryable: false)
  }
}
