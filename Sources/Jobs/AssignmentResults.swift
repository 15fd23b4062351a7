import Approximation
import LookupTables

/// The result of `sensitivity`: what each candidate alone costs the model.
public struct SensitivityResult: Hashable, Codable, Sendable {
  /// In the order of sizes and formats that the candidates' names sort in.
  public var candidates: [Measured]

  public struct Measured: Hashable, Codable, Sendable {
    public var candidate: TableCandidate
    /// The mean over the sample's texts of 1 − cos(output, exact output), in `0...2`; a text whose
    /// output is NaN or infinite counts 2.
    public var error: Double

    public init(candidate: TableCandidate, error: Double) {
      self.candidate = candidate
      self.error = error
    }
  }

  public init(candidates: [Measured]) { self.candidates = candidates }
}

/// The result of `assign`: the tables of a variant with `entries: auto`.
public struct Assignment: Hashable, Codable, Sendable {
  /// Table name (a site, or a function when shared) → what was chosen.
  public var tables: [String: AssignedTable]
  /// The mean output error that was allowed.
  public var budget: Double
  /// The mean output error with all chosen tables at once, measured; at most ``budget``.
  public var error: Double
  /// The sum of ``AssignedTable/error``: what the tables cost if their errors simply add up.
  public var sumOfErrors: Double
  /// The sum that the search was held to in the end. Less than the budget where the errors of
  /// several tables together turned out to be more than their sum.
  public var allowedSum: Double
  /// How often a choice was measured.
  public var rounds: Int

  public init(
    tables: [String: AssignedTable], budget: Double, error: Double, sumOfErrors: Double,
    allowedSum: Double, rounds: Int
  ) {
    self.tables = tables
    self.budget = budget
    self.error = error
    self.sumOfErrors = sumOfErrors
    self.allowedSum = allowedSum
    self.rounds = rounds
  }
}

/// One chosen table.
public struct AssignedTable: Hashable, Codable, Sendable {
  public var candidate: TableCandidate
  /// The mean output error with this table alone.
  public var error: Double
  /// The area of one unit with this table wired in, µm².
  public var area: Double
  public var trained: TrainedTable

  public init(candidate: TableCandidate, error: Double, area: Double, trained: TrainedTable) {
    self.candidate = candidate
    self.error = error
    self.area = area
    self.trained = trained
  }
}
