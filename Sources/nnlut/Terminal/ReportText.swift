import Artifacts
import Evaluation
import Foundation
import HardwareCost
import Jobs

/// A job's report as tables for people: one for each evaluation, then how good the tables are, then
/// the hardware.
enum ReportText {
  static func lines(_ report: JobReport) -> [String] {
    var lines: [String] = []
    for (index, evaluation) in report.evaluations.enumerated() {
      lines += heading(evaluation) + scores(report, index, evaluation).lines + [""]
    }
    lines += ReportTables.lines(report)
    lines += hardware(report)
    lines += (report.warnings ?? []).map { "warning: \($0)" }
    if let decision = report.decision { lines += ["", decision.explanation] }
    return lines + provenance(report)
  }

  /// What the numbers were measured with, by digest.
  private static func provenance(_ report: JobReport) -> [String] {
    guard let model = report.model, let calibration = report.calibration else { return [] }
    let records = report.calibrationSamples.map { " (\($0) records drawn)" } ?? ""
    let parts =
      ["model \(model.digest.short)", "calibration text \(calibration.digest.short)\(records)"]
      + report.evaluations.compactMap { evaluation in
        evaluation.data.map { "\(evaluation.kind.rawValue) data \($0.digest.short)" }
      }
    return ["sha256 of " + parts.joined(separator: ", ")]
  }

  private static func heading(_ evaluation: ReportedEvaluation) -> [String] {
    let count = evaluation.items[evaluation.report].map { ", \($0) items" } ?? ""
    return [
      Terminal.bold(
        "\(evaluation.kind.rawValue), split \(evaluation.report)\(count)"
          + " (chosen on \(evaluation.select))")
    ]
  }

  /// The job's metric first, then a companion that is usually read beside it.
  private static func shownMetrics(_ evaluation: ReportedEvaluation) -> [String] {
    let usual: [String] =
      switch evaluation.kind {
      case .retrieval: ["mrr@10", "ndcg@10"]
      case .similarity: ["spearman", "pearson"]
      case .classification: ["accuracy", "f1"]
      case .regression: ["pearson", "spearman"]
      case .tokenClassification: ["f1", "accuracy"]
      case .questionAnswering: ["f1", "exact"]
      case .maskedLanguageModelling: ["perplexity", "accuracy"]
      }
    return [evaluation.metric] + usual.filter { $0 != evaluation.metric }.prefix(1)
  }

  private static func scores(_ report: JobReport, _ index: Int, _ evaluation: ReportedEvaluation)
    -> TextTable
  {
    let metrics = shownMetrics(evaluation)
    var columns: [(title: String, alignment: TextTable.Alignment)] = [("variant", .left)]
    for metric in metrics { columns.append((metric, .right)) }
    columns += [
      ("difference", .right), ("95 % interval", .left), ("flips", .right),
      ("largest error", .right), ("at", .left),
    ]
    var table = TextTable(columns)
    for row in report.rows {
      let score = row.scores.dropFirst(index).first ?? nil
      let values = score?.metrics[evaluation.report]
      let difference = score?.differences[evaluation.report]?[evaluation.metric]
      var cells = [row.label]
      for metric in metrics { cells.append(values?[metric].map { Readable.fixed($0, 4) } ?? "–") }
      if let difference {
        let interval = [difference.lower, difference.upper].map { Readable.signed($0, 4) }
        cells += [
          Readable.signed(difference.difference, 4), "[\(interval.joined(separator: ", "))]",
          String(difference.flips),
        ]
      } else {
        cells += ["", "", ""]
      }
      if let error = row.largestError {
        cells += [String(format: "%.1e", error.value), error.table]
      }
      table.add(cells)
    }
    return table
  }

  private static func hardware(_ report: JobReport) -> [String] {
    var table = TextTable([
      ("unit", .left), ("area µm²", .right), ("of it storage", .right), ("delay ps", .right),
      ("energy", .right),
    ])
    func add(_ name: String, _ cost: UnitCost) {
      table.add([
        name, Readable.fixed(cost.area.total, 0), Readable.fixed(cost.area.storage, 0),
        Readable.fixed(cost.delayPicoseconds, 0),
        cost.energyPicojoules.map { Readable.fixed($0, 2) + " pJ" } ?? "n/a",
      ])
    }
    guard let fit = report.rows.compactMap({ $0.hardware?.fit }).first else { return [] }
    for row in report.rows {
      if let hardware = row.hardware { add(row.label, hardware.programmable) }
    }
    if let rivals = report.rows.compactMap({ $0.hardware?.rivals }).first {
      for (name, cost) in rivals.sorted(by: { $0.key < $1.key }) { add("\(name) int32", cost) }
    }
    return [
      Terminal.bold(
        "one programmable unit for each number format, analytic model (7 nm, without wires)")
    ]
      + table.lines + [
        "A unit holds one table and is loaded again for each other one; range reduction is not in "
          + "it. I-BERT's",
        "units are int32: compare them with int32 rows. " + worth(fit),
      ] + notes(report)
  }

  /// What must be known beside the numbers, once.
  private static func notes(_ report: JobReport) -> [String] {
    var notes: [String] = []
    for row in report.rows {
      for note in row.hardware?.notes ?? [] where !notes.contains("\(row.label): \(note)") {
        notes.append("\(row.label): \(note)")
      }
    }
    return notes
  }

  /// How good the model is where it was not fitted.
  private static func worth(_ fit: ModelFit) -> String {
    let checks = fit.checks.map {
      "\($0.unit): area \(percent($0.areaError)), delay \(percent($0.delayError)) off"
    }
    return "Fitted to \(fit.points.count - checks.count) synthesised units of 16 entries; "
      + "checked on \(checks.joined(separator: "; "))."
  }

  private static func percent(_ share: Double) -> String { Readable.fixed(share * 100, 0) + " %" }
}
