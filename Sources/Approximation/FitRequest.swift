import LookupTables

/// A uniform density on `[lower, upper]`: one bucket of an activation histogram.
public struct WeightedInterval: Hashable, Sendable {
  /// Finite.
  public var lower: Double
  /// Finite, at least `lower`; equal to it for a single value.
  public var upper: Double
  /// The mass on the interval, in any unit; finite, not negative.
  public var weight: Double

  public init(lower: Double, upper: Double, weight: Double) {
    self.lower = lower
    self.upper = upper
    self.weight = weight
  }
}

/// Everything that decides a table: equal requests give equal tables, bit for bit.
public struct FitRequest: Sendable {
  public var function: NonlinearFunction
  public var approximator: Approximator
  /// N, in `2...256`.
  public var entries: Int
  public var format: NumberFormat
  /// One of the function's ``NonlinearFunction/permittedScalings``.
  public var scaling: InputScaling
  /// The inputs to approximate well; what lies outside is the tails'. Within the function's
  /// ``NonlinearFunction/permittedDomain``; a single value is allowed. With scaling `exponent` the
  /// table's domain is that of m and this one only bounds the inputs.
  public var domain: ClosedRange<Double>
  /// What the inputs look like; nil for uniform over the domain. At most 1 000 000 intervals, which
  /// may touch but should not overlap. With a scaling, weights are those of the unscaled inputs.
  public var weights: [WeightedInterval]?
  /// Decides all that is random: recipe `paper` only.
  public var seed: UInt64

  public init(
    function: NonlinearFunction, approximator: Approximator, entries: Int, format: NumberFormat,
    scaling: InputScaling = .none, domain: ClosedRange<Double>,
    weights: [WeightedInterval]? = nil, seed: UInt64 = 0
  ) {
    self.function = function
    self.approximator = approximator
    self.entries = entries
    self.format = format
    self.scaling = scaling
    self.domain = domain
    self.weights = weights
    self.seed = seed
  }
}

/// A table and how well it fits.
public struct FittedTable: Sendable {
  public var table: LookupTable
  /// The largest |table(x) − f(x)| over the table's domain, of the rounded table against the true
  /// function. With a scaling: before the result is scaled back.
  public var maximumError: Double
  /// The weighted mean of (table(x) − f(x))² over the inputs in the domain, of the rounded table.
  /// With a scaling and weights: of the result as scaled back.
  public var meanSquaredError: Double
  /// Choices and course of the fit, for the record.
  public var notes: [String: String]

  public init(
    table: LookupTable, maximumError: Double, meanSquaredError: Double, notes: [String: String]
  ) {
    self.table = table
    self.maximumError = maximumError
    self.meanSquaredError = meanSquaredError
    self.notes = notes
  }
}
