import Approximation
import LookupTables

/// The result of `train` for a candidate of `entries: auto`.
public struct CandidateTable: Hashable, Codable, Sendable {
  /// What it was made by; the chosen ones are made once more, with their certificate.
  public var parameters: TrainParameters
  public var outcome: Outcome

  public enum Outcome: Hashable, Codable, Sendable {
    /// Without a certificate.
    case made(table: TrainedTable)
    /// There is no such table: it is left out of the choice. The reason is for people.
    case impossible(reason: String)
  }

  public init(parameters: TrainParameters, outcome: Outcome) {
    self.parameters = parameters
    self.outcome = outcome
  }

  public var candidate: TableCandidate {
    TableCandidate(entries: parameters.entries, format: parameters.format)
  }
}

/// The result of `sensitivity` (as a ``VariantResult``): what each candidate alone costs the model.
public struct SensitivityResult: Hashable, Codable, Sendable {
  /// At least one, in the order that the candidates' names sort in.
  public var candidates: [Measured]
  /// The candidates that cannot be made, in the same order.
  public var impossible: [Impossible]

  public struct Impossible: Hashable, Codable, Sendable {
    public var candidate: TableCandidate
    public var reason: String

    public init(candidate: TableCandidate, reason: String) {
      self.candidate = candidate
      self.reason = reason
    }
  }

  public struct Measured: Hashable, Codable, Sendable {
    public var candidate: TableCandidate
    /// The mean over the sample's texts of 1 − cos(output, exact output), in `0...2`; a text whose
    /// output is NaN or infinite counts 2.
    public var error: Double
    /// Whether the table dips below 0, so that its unit has a floor to pay; nil = false.
    public var dips: Bool?

    public init(candidate: TableCandidate, error: Double, dips: Bool? = nil) {
      self.candidate = candidate
      self.error = error
      self.dips = dips
    }
  }

  public init(candidates: [Measured], impossible: [Impossible] = []) {
    self.candidates = candidates
    self.impossible = impossible
  }
}

/// The result of `assign` (as a ``VariantResult``): which tables a variant with `entries: auto` has. `train` makes them once
/// more, with their certificates.
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
  /// What the table is made by; ``TrainParameters/isCandidate`` is false.
  public var parameters: TrainParameters
  /// Without a certificate.
  public var trained: TrainedTable

  public init(
    candidate: TableCandidate, error: Double, area: Double, parameters: TrainParameters,
    trained: TrainedTable
  ) {
    self.candidate = candidate
    self.error = error
    self.area = area
    self.parameters = parameters
    self.trained = trained
  }
}
