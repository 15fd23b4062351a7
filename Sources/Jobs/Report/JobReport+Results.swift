import Artifacts
import Foundation
import Models

extension JobReport {
  /// The kinds of task whose results a report is made from.
  public static let kinds: Set<TaskKind> = [
    .resolve, .train, .assign, .score, .hardware, .publish,
  ]

  /// Puts the results of a job's tasks together; pure.
  ///
  /// - Parameter results: Task name → result document, of the succeeded tasks of ``kinds``; others
  ///   may be there and are not read.
  /// - Throws: `DecodingError` when a document is damaged, `ModelError` when the model cannot be
  ///   used.
  public init(_ specification: JobSpecification, results: [String: Data]) throws {
    let resolution = try results["resolve"].map {
      try ResultDocument.decode(Resolution.self, from: $0)
    }
    let parts = try ReportParts(specification, resolution, results)
    self.init(
      name: specification.name, model: resolution?.model, calibration: resolution?.calibration,
      calibrationSamples: resolution.map {
        min(specification.calibration.samples, $0.calibrationRecords)
      },
      evaluations: specification.evaluations.enumerated().map { index, evaluation in
        let pinned = resolution?.evaluations.dropFirst(index).first
        return ReportedEvaluation(
          kind: evaluation.kind, metric: evaluation.metric, select: evaluation.select,
          report: evaluation.report, data: pinned?.data, items: pinned?.items ?? [:])
      },
      rows: try [parts.row(nil)] + specification.variants.indices.map { try parts.row($0) },
      decision: nil,
      publication: try results["publish"].map {
        try ResultDocument.decode(Publication.self, from: $0)
      })
    warnings = rows.flatMap(\.warnings)
    decision = specification.publish.flatMap { decide(by: $0, specification) }
  }

  /// The rule's choice among the rows; nil while a score or a price is missing.
  private func decide(by rule: PublishRule, _ specification: JobSpecification) -> PublishDecision? {
    guard let baseline = rows.first else { return nil }
    var candidates: [PublishDecision.Candidate] = []
    for row in rows.dropFirst() where row.notMade == nil {
      guard let variant = row.variant, let hardware = row.hardware,
        let entries = row.meanEntries
      else { return nil }
      var drops: [Double] = []
      for (index, evaluation) in specification.evaluations.enumerated() {
        func metric(_ row: ReportRow) -> Double? {
          row.scores[index]?.metrics[evaluation.select]?[evaluation.metric]
        }
        guard let exact = metric(baseline), let replaced = metric(row) else { return nil }
        drops.append(evaluation.drop(from: exact, to: replaced))
      }
      candidates.append(
        PublishDecision.Candidate(
          variant: variant, label: row.label, drops: drops, area: hardware.programmable.area.total,
          entries: entries))
    }
    return PublishDecision(
      rule: rule, candidates: candidates, notMade: rows.count { $0.notMade != nil })
  }
}

private struct ReportParts {
  let specification: JobSpecification
  let sites: [Site]
  let results: [String: Data]

  init(_ specification: JobSpecification, _ resolution: Resolution?, _ results: [String: Data])
    throws
  {
    self.specification = specification
    self.results = results
    sites =
      try resolution.map {
        try $0.modelDescription().sites
      } ?? []
  }

  func row(_ index: Int?) throws -> ReportRow {
    let place = index.map(String.init) ?? "baseline"
    let scores: [ReportedScore?] = try specification.evaluations.indices.map { evaluation in
      try result(ScoreResult.self, "score/\(place)/\(evaluation)")?.value.map {
        ReportedScore($0)
      }
    }
    guard let index else {
      return ReportRow(
        variant: nil, label: "baseline", scores: scores, largestError: nil, hardware: nil)
    }
    let assignment = try result(Assignment.self, "assign/\(index)")?.value
    let hardware = try result(HardwareResult.self, "hardware/\(index)")
    let tables = try tables(index, assignment)
    var largest: ReportedError?
    for table in tables where table.maximumError > largest?.value ?? -.infinity {
      largest = ReportedError(
        value: table.maximumError, table: table.name, function: table.function)
    }
    return ReportRow(
      variant: index, label: specification.variants[index].label, scores: scores,
      largestError: largest,
      hardware: hardware?.value?.report, tables: tables,
      assignment: assignment.map(ReportedAssignment.init),
      notMade: try notMade(index) ?? hardware?.notMade)
  }

  /// Which tables of a variant cannot be made, in execution order.
  private func notMade(_ index: Int) throws -> NotMade? {
    let reasons = try TableNames.of(specification.variants[index], sites: sites).compactMap {
      try result(TrainedTable.self, "train/\(index)/\($0.name)")?.notMade
    }
    return reasons.isEmpty ? nil : NotMade(reasons)
  }

  /// A variant's tables in execution order; none while some are missing or cannot be made.
  private func tables(_ index: Int, _ assignment: Assignment?) throws -> [ReportedTable] {
    let variant = specification.variants[index]
    var tables: [ReportedTable] = []
    for table in TableNames.of(variant, sites: sites) {
      guard let trained = try result(TrainedTable.self, "train/\(index)/\(table.name)")?.value
      else { return [] }
      tables.append(
        ReportedTable(
          name: table.name, trained: trained, outputError: assignment?.tables[table.name]?.error))
    }
    return tables
  }

  private func result<Value: Codable & Hashable & Sendable>(_ type: Value.Type, _ task: String)
    throws
    -> VariantResult<Value>?
  {
    try results[task].map { try ResultDocument.decode(VariantResult<Value>.self, from: $0) }
  }
}
