import Foundation
import Jobs
import LookupTables

/// The tables among a task's inputs: `<prefix>table/<site or function>`.
struct VariantTables {
  /// Table name → result of `train`.
  var tables: [String: TrainedTable] = [:]
  /// Why the variant cannot be made; nil when all its tables are there.
  var notMade: NotMade?

  init(_ context: ExecutorContext, prefix: String = "") throws {
    let start = "\(prefix)table/"
    var reasons: [NotMade] = []
    for name in context.inputNames where name.hasPrefix(start) {
      switch try context.variantResult(TrainedTable.self, name) {
      case .made(let trained): tables[String(name.dropFirst(start.count))] = trained
      case .notMade(let found): reasons.append(found)
      }
    }
    if !reasons.isEmpty { notMade = NotMade(reasons) }
  }

  var isEmpty: Bool { tables.isEmpty }

  /// Ascending by name.
  var ordered: [LookupTable] { tables.sorted { $0.key < $1.key }.map(\.value.table) }
}
