import Foundation
import Worker

/// A local evaluation as a table for people: one line for each split and metric.
enum EvaluationText {
  static func lines(_ report: LocalEvaluation.Report) -> [String] {
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      ("split", .left), ("items", .right), ("metric", .left), ("exact", .right),
    ]
    if report.tables != nil {
      columns += [
        ("tables", .right), ("difference", .right), ("95 % interval", .left), ("flips", .right),
        ("McNemar p", .right),
      ]
    }
    var table = TextTable(columns)
    for split in report.exact.keys.sorted() {
      for metric in report.metricNames {
        guard let exact = report.exact[split]?[metric] else { continue }
        var cells = [
          split, report.items[split].map(String.init) ?? "", metric, Readable.fixed(exact, 5),
        ]
        if let tables = report.tables, let value = tables.metrics[split]?[metric],
          let difference = tables.differences[split]?[metric]
        {
          let interval = [difference.lower, difference.upper].map { Readable.signed($0, 4) }
          cells += [
            Readable.fixed(value, 5), Readable.signed(difference.difference, 4),
            "[\(interval.joined(separator: ", "))]", String(difference.flips),
            difference.mcNemar.map { Readable.fixed($0, 3) } ?? "",
          ]
        }
        table.add(cells)
      }
    }
    var lines = [
      Terminal.bold(
        "\(report.kind.rawValue): \(report.family.rawValue), \(report.head), \(report.precision.rawValue)"
      ), "",
    ]
    lines += table.lines
    if let tables = report.tables, tables.unusableInputs > 0 {
      lines.append("NaN or infinite outputs with tables: \(tables.unusableInputs) inputs")
    }
    return lines + [
      "",
      "model \(report.model.digest.short), data \(report.data.digest.short)"
        + (report.tables.map { ", tables \($0.artifact.prefix(19))" } ?? "")
        + ", \(report.kernels)",
    ]
  }
}
