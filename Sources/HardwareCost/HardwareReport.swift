/// What the tables of a variant cost in silicon, beside the units they replace.
///
/// Range reduction around a table (`paper`, `exponent`) is not included: it has not been measured.
public struct HardwareReport: Hashable, Codable, Sendable {
  /// One unit whose table is held in registers, large enough for the largest table and loaded again
  /// for each other one.
  public let programmable: UnitCost
  /// One unit with every distinct table wired in, sharing its multiplier and adder. The slopes of
  /// int32 tables are rounded to 16 bits in it, as in the unit that was synthesised.
  public let hardwired: UnitCost
  /// I-BERT's integer units: `i-gelu`, `i-exp` (pipelined), `i-bert-shared-sequential` and
  /// `i-bert-shared-single-cycle` (one unit for all functions, by its divider). Area and delay are
  /// the measured totals.
  public let rivals: [String: UnitCost]
  /// The stored numbers of all tables together, in bits; tables that are equal count each time.
  public let tableBits: Int
  /// How far the model is from what was synthesised.
  public let fit: ModelFit

  public init(
    programmable: UnitCost, hardwired: UnitCost, rivals: [String: UnitCost], tableBits: Int,
    fit: ModelFit
  ) {
    self.programmable = programmable
    self.hardwired = hardwired
    self.rivals = rivals
    self.tableBits = tableBits
    self.fit = fit
  }
}

/// The residuals of the analytic model at the synthesised units, as fractions of the measured value.
public struct ModelFit: Hashable, Codable, Sendable {
  /// One synthesised unit and what the model says of it.
  public struct Point: Hashable, Codable, Sendable {
    public let unit: String
    public let measuredArea: Double
    public let modelledArea: Double
    public let measuredDelay: Double
    public let modelledDelay: Double
    /// Whether the model's parameters were chosen with this point; the others check it.
    public let isFitted: Bool

    public var areaError: Double { (modelledArea - measuredArea).magnitude / measuredArea }
    public var delayError: Double { (modelledDelay - measuredDelay).magnitude / measuredDelay }
  }

  public let points: [Point]

  /// The points that the parameters were not chosen with: only they say what the model is worth.
  public var checks: [Point] { points.filter { !$0.isFitted } }
}
