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
  public var function: ApproximatedFunction
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
  /// What `optimal` and the recipe `refined` make small; what every certificate speaks of.
  public var objective: Objective
  /// What relative errors are divided by at least, in the function's unit; positive. Nil for a
  /// 256th of the function's largest magnitude on the domain. Absolute objectives know none.
  public var relativeFloor: Double?
  /// Whether the lines of `optimal` must meet; those of `nn-lut` and `linear-lut` always do.
  public var continuity: Continuity
  public var constraints: FitConstraints
  /// How the scales of an integer format are chosen.
  public var scales: IntegerScales
  /// Whether the fit proves bounds, which can take longer than the fit.
  public var wantsCertificate: Bool

  public init(
    function: ApproximatedFunction, approximator: Approximator, entries: Int,
    format: NumberFormat, scaling: InputScaling = .none, domain: ClosedRange<Double>,
    weights: [WeightedInterval]? = nil, seed: UInt64 = 0, objective: Objective = .meanSquare,
    continuity: Continuity = .continuous, constraints: FitConstraints = .init(),
    scales: IntegerScales = .powerOfTwo, wantsCertificate: Bool = true,
    relativeFloor: Double? = nil
  ) {
    self.function = function
    self.approximator = approximator
    self.entries = entries
    self.format = format
    self.scaling = scaling
    self.domain = domain
    self.weights = weights
    self.seed = seed
    self.objective = objective
    self.continuity = continuity
    self.constraints = constraints
    self.scales = scales
    self.wantsCertificate = wantsCertificate
    self.relativeFloor = relativeFloor
  }

  /// The same for a function that has a name.
  public init(
    function: NonlinearFunction, approximator: Approximator, entries: Int, format: NumberFormat,
    scaling: InputScaling = .none, domain: ClosedRange<Double>,
    weights: [WeightedInterval]? = nil, seed: UInt64 = 0, objective: Objective = .meanSquare,
    continuity: Continuity = .continuous, constraints: FitConstraints = .init(),
    scales: IntegerScales = .powerOfTwo, wantsCertificate: Bool = true,
    relativeFloor: Double? = nil
  ) {
    self.init(
      function: .nonlinear(function), approximator: approximator, entries: entries,
      format: format, scaling: scaling, domain: domain, weights: weights, seed: seed,
      objective: objective, continuity: continuity, constraints: constraints, scales: scales,
      wantsCertificate: wantsCertificate, relativeFloor: relativeFloor)
  }
}

/// A table and how well it fits.
public struct FittedTable: Sendable {
  public var table: LookupTable
  /// The table's lines before its number format rounded them.
  public var ideal: PiecewiseLinear
  /// The largest |table(x) − f(x)| over the table's domain, of the rounded table against the true
  /// function. With a scaling: before the result is scaled back.
  public var maximumError: Double
  /// The mean of (table(x) − f(x))² of the rounded table, under the certificate's measure: see
  /// ``Certificate/meanSquaredError``.
  /// With a scaling and weights: of the result as scaled back.
  public var meanSquaredError: Double
  /// Choices and course of the fit, for the record.
  public var notes: [String: String]
  /// How close the table is to the best possible; nil when the request asked for none or when it is
  /// withheld.
  public var certificate: Certificate?
  /// Why a certificate that was asked for is withheld: a bound that the table itself beats proves
  /// nothing.
  public var withheld: String?

  public init(
    table: LookupTable, ideal: PiecewiseLinear, maximumError: Double, meanSquaredError: Double,
    notes: [String: String], certificate: Certificate? = nil, withheld: String? = nil
  ) {
    self.certificate = certificate
    self.withheld = withheld
    self.ideal = ideal
    self.table = table
    self.maximumError = maximumError
    self.meanSquaredError = meanSquaredError
    self.notes = notes
  }
}
