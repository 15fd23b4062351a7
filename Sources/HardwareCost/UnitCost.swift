/// Where a cost comes from; costs of different levels are never compared with each other.
public enum CostLevel: String, Hashable, Codable, CaseIterable, Sendable {
  /// The closed-form model of ``AnalyticModel``.
  case analytic
}

/// Cell area in µm² (ASAP7, 0.7 V, no wires), split by what it is spent on. Each part is at least 0.
public struct AreaBreakdown: Hashable, Codable, Sendable {
  /// The table's flip-flops; 0 where the table is wired in (its constants are part of `select`).
  public let storage: Double
  /// Comparators, the index and the selection of an entry.
  public let select: Double
  /// Multiplier, adder, rounding, saturation and pipeline registers; all of a unit without a table.
  public let arithmetic: Double

  public var total: Double { storage + select + arithmetic }

  public init(storage: Double, select: Double, arithmetic: Double) {
    self.storage = storage
    self.select = select
    self.arithmetic = arithmetic
  }
}

/// What one hardware unit costs.
public struct UnitCost: Hashable, Codable, Sendable {
  public let level: CostLevel
  /// µm²
  public let area: AreaBreakdown
  /// The longest path of one pipeline stage.
  public let delayPicoseconds: Double
  /// Clock cycles from input to result; nil where it depends on the operation.
  public let latencyCycles: Int?
  /// Clock cycles between two inputs; nil where it depends on the operation.
  public let initiationInterval: Int?
  /// nil means "n/a": energy has not been measured.
  public let energyPicojoules: Double?

  public init(
    level: CostLevel, area: AreaBreakdown, delayPicoseconds: Double, latencyCycles: Int?,
    initiationInterval: Int?, energyPicojoules: Double?
  ) {
    self.level = level
    self.area = area
    self.delayPicoseconds = delayPicoseconds
    self.latencyCycles = latencyCycles
    self.initiationInterval = initiationInterval
    self.energyPicojoules = energyPicojoules
  }
}
