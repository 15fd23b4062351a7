import Approximation
import HardwareCost
import LookupTables

/// One table of a variant: how well it fits and what it costs.
public struct ReportedTable: Hashable, Codable, Sendable {
  /// Its site, or its function when shared.
  public var name: String
  public var function: NonlinearFunction
  public var entries: Int
  public var format: NumberFormat
  /// The largest absolute error on its domain.
  public var maximumError: Double
  /// Weighted as the table was fitted.
  public var meanSquaredError: Double
  /// The area of one unit with this table wired in, µm².
  public var area: Double
  /// Nil in results of older versions.
  public var optimality: ReportedOptimality?
  /// With `entries: auto`: the model's mean output error with this table alone.
  public var outputError: Double?
  /// Why there is no certificate although one was asked for.
  public var withheld: String?
  /// What else its user must know; nil in reports of older versions.
  public var warning: String?
  /// Whether a line dips below 0, so that a consumer must apply max(0, y); nil in reports of older
  /// versions.
  public var dips: Bool?

  public init(name: String, trained: TrainedTable, outputError: Double? = nil) {
    self.name = name
    function = trained.function
    entries = trained.table.entries
    format = trained.table.format
    maximumError = trained.maximumError
    meanSquaredError = trained.meanSquaredError
    area = AnalyticModel.hardwiredArea(of: trained.table)
    optimality = trained.certificate.map(ReportedOptimality.init)
    self.outputError = outputError
    withheld = trained.withheld
    warning = trained.notes["warning"]
    dips = trained.table.dips
  }
}

/// How close a table is to the best there can be: its certificate in short.
public struct ReportedOptimality: Hashable, Codable, Sendable {
  public var objective: Objective
  public var continuity: Continuity
  /// What the table achieves, in the objective's unit.
  public var achieved: Double
  /// What no table under the same constraints can beat, and no such table without constraints.
  public var bound: Double
  public var freeBound: Double
  /// Achieved divided by the bounds; nil where a bound is 0.
  public var ratio: Double?
  public var freeRatio: Double?

  public init(_ certificate: Certificate) {
    objective = certificate.objective
    continuity = certificate.continuity
    achieved = certificate.achieved
    bound = certificate.bound.value
    freeBound = certificate.freeBound.value
    ratio = certificate.ratio.isFinite ? certificate.ratio : nil
    freeRatio = certificate.freeRatio.isFinite ? certificate.freeRatio : nil
  }
}

/// What `entries: auto` came to; the tables themselves are in ``ReportRow/tables``.
public struct ReportedAssignment: Hashable, Codable, Sendable {
  /// The mean output error that was allowed.
  public var budget: Double
  /// The mean output error of all chosen tables together, as measured.
  public var error: Double
  /// The sum of what each table costs alone.
  public var sumOfErrors: Double

  public init(_ assignment: Assignment) {
    budget = assignment.budget
    error = assignment.error
    sumOfErrors = assignment.sumOfErrors
  }
}

extension ReportRow {
  /// What a reader must know of the row, one sentence each.
  var warnings: [String] {
    if let notMade { return ["\(label) cannot be made: \(notMade.explanation)"] }
    return tables.compactMap { table in
      if let withheld = table.withheld {
        return "\(label): the certificate of \(table.name) is withheld: \(withheld)"
      }
      return table.warning.map { "\(label): \(table.name): \($0)" }
    }
  }

  /// The names of its tables whose lines dip below 0.
  public var dippingTables: [String] { tables.filter { $0.dips == true }.map(\.name) }

  /// The mean number of entries; nil while tables are missing.
  public var meanEntries: Double? {
    tables.isEmpty ? nil : Double(tables.map(\.entries).reduce(0, +)) / Double(tables.count)
  }

  /// The area of all tables, each wired into a unit of its own, µm²; nil while tables are missing.
  public var tableArea: Double? {
    tables.isEmpty ? nil : tables.map(\.area).reduce(0, +)
  }

  /// The table that is furthest from its bound; nil without certificates.
  public var worstTable: ReportedTable? {
    tables.filter { $0.optimality?.ratio != nil }
      .max { ($0.optimality?.ratio ?? 0) < ($1.optimality?.ratio ?? 0) }
  }
}
