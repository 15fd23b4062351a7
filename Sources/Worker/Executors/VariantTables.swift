import Foundation
import Jobs
import LookupTables

/// The tables among a task's inputs: `<prefix>table/<site or function>`.
struct VariantTables {
  /// Table name → result of `train`.
  var tables: [String: TrainedTable] = [:]

  init(_ context: ExecutorContext, prefix: String = "") throws {
    let start = "\(prefix)table/"
    for name in context.inputNames where name.hasPrefix(start) {
      tables[String(name.dropFirst(start.count))] = try ResultDocument.decode(
        TrainedTable.self, from: context.input(name))
    }
  }

  var isEmpty: Bool { tables.isEmpty }

  /// Ascending by name.
  var ordered: [LookupTable] { tables.sorted { $0.key < $1.key }.map(\.value.table) }
}
