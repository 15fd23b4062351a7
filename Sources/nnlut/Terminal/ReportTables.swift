import Foundation
import Jobs

/// How large and how good a report's tables are: one line a variant, then what `entries: auto`
/// chose.
enum ReportTables {
  static func lines(_ report: JobReport) -> [String] {
    let rows = report.rows.filter { !$0.tables.isEmpty }
    guard !rows.isEmpty else { return [] }
    return summary(rows).lines + [explanation] + rows.compactMap(dips) + [""]
      + rows.flatMap { assignment($0, beside: rows) }
  }

  private static let explanation =
    "Ratio: the error achieved, in the variant's objective, to what no table of its kind can beat; "
    + "the worst table's."

  /// Which tables answer right only with a floor behind them.
  private static func dips(_ row: ReportRow) -> String? {
    let names = row.dippingTables
    guard let first = names.first else { return nil }
    return "\(row.label): the lines of \(first)"
      + (names.count > 1 ? " and \(names.count - 1) more tables" : "")
      + " dip below 0: the consumer must apply max(0, y)"
  }

  private static func summary(_ rows: [ReportRow]) -> TextTable {
    var table = TextTable([
      ("tables", .left), ("mean entries", .right), ("wired area µm²", .right),
      ("worst ratio", .right), ("achieved", .right), ("bound", .right), ("at", .left),
    ])
    for row in rows {
      var cells = [
        row.label, row.meanEntries.map { Readable.fixed($0, 1) } ?? "",
        row.tableArea.map { Readable.fixed($0, 0) } ?? "",
      ]
      if let worst = row.worstTable, let optimality = worst.optimality {
        cells += [
          optimality.ratio.map { Readable.fixed($0, 3) } ?? "",
          String(format: "%.2e", optimality.achieved), String(format: "%.2e", optimality.bound),
          worst.name,
        ]
      }
      table.add(cells)
    }
    return table
  }

  /// What was chosen for each table, and what that saves.
  private static func assignment(_ row: ReportRow, beside rows: [ReportRow]) -> [String] {
    guard let assignment = row.assignment else { return [] }
    var table = TextTable([
      (row.label, .left), ("entries", .right), ("format", .left), ("wired area µm²", .right),
      ("output error", .right),
    ])
    for chosen in row.tables {
      table.add([
        chosen.name, String(chosen.entries), chosen.format.rawValue,
        Readable.fixed(chosen.area, 1), chosen.outputError.map { String(format: "%.1e", $0) } ?? "",
      ])
    }
    let error = String(format: "%.2e", assignment.error)
    let sum = String(format: "%.2e", assignment.sumOfErrors)
    return table.lines + [
      "mean output error (1 − cos on calibration text) with all of them: \(error) of the allowed "
        + "\(assignment.budget); added up: \(sum)"
    ] + savings(row, beside: rows) + [""]
  }

  /// Against the first variant of 16 entries everywhere.
  private static func savings(_ row: ReportRow, beside rows: [ReportRow]) -> [String] {
    let uniform = rows.first { $0.tables.allSatisfy { $0.entries == 16 } }
    guard let uniform, let area = row.tableArea, let full = uniform.tableArea, full > 0 else {
      return []
    }
    let share = Readable.fixed((1 - area / full) * 100, 0)
    return [
      "wired area: \(Readable.fixed(area, 0)) µm², \(share) % less than \(uniform.label) "
        + "(\(Readable.fixed(full, 0)) µm²)"
    ]
  }
}
