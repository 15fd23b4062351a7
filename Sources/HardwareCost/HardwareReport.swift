import LookupTables

/// What the tables of a variant cost in silicon, beside the units they replace.
///
/// Range reduction around a table (`paper`, `exponent`) is not included: it has not been measured.
public struct HardwareReport: Hashable, Codable, Sendable {
  /// For each number format one unit whose table is held in registers, large enough for the
  /// largest table of that format and loaded again for each other one; their areas together and the
  /// slowest one's delay.
  public let programmable: UnitCost
  /// For each number format one unit with every distinct table wired in, sharing its multiplier and
  /// adder; as above. The slopes of int32 tables are rounded to 16 bits in it, as in the unit that
  /// was synthesised.
  public let hardwired: UnitCost
  /// I-BERT's integer units: `i-gelu`, `i-exp` (pipelined), `i-bert-shared-sequential` and
  /// `i-bert-shared-single-cycle` (one unit for all functions, by its divider). Area and delay are
  /// the measured totals.
  public let rivals: [String: UnitCost]
  /// The stored numbers of all tables together, in bits; tables that are equal count each time.
  public let tableBits: Int
  /// How far the model is from what was synthesised.
  public let fit: ModelFit
  /// The units by number format, in the order of `NumberFormat`; empty in reports of older versions.
  public let units: [Unit]

  /// The units of one number format.
  public struct Unit: Hashable, Codable, Sendable {
    public let format: NumberFormat
    public let programmable: UnitCost
    public let hardwired: UnitCost
    /// As ``HardwareReport/tableBits``.
    public let tableBits: Int
    /// Whether no unit of this format was synthesised, so that its cost lies between its
    /// neighbours' by assumption (int16).
    public let isInterpolated: Bool
    /// The area in µm² of plain 256 × 8 read-only memories, one for each distinct table: for int8
    /// inputs and results they do all that a table does. nil for other formats. Their delay was not
    /// measured.
    public let plainROMArea: Double?
    /// Whether max(0, y) is in the units' price: one of the tables dips below 0. False in reports of
    /// older versions, which left it out.
    public let hasFloor: Bool

    /// Whether plain read-only memories are smaller than the wired tables.
    public var isPlainROMSmaller: Bool { (plainROMArea ?? .infinity) < hardwired.area.total }
  }

  /// What a reader of the numbers must know, one sentence each.
  public var notes: [String] {
    units.flatMap { unit in
      var notes: [String] = []
      if unit.isInterpolated {
        notes.append(
          "\(unit.format.rawValue) units are interpolated between int8 and int32: none was "
            + "synthesised")
      }
      if let area = unit.plainROMArea, unit.isPlainROMSmaller {
        notes.append(
          "for int8 inputs and results plain 256 × 8 ROMs are smaller than the wired tables: "
            + "\(area) against \(AnalyticModel.tenths(unit.hardwired.area.total)) µm²")
      }
      return notes
    }
  }

  public init(
    programmable: UnitCost, hardwired: UnitCost, rivals: [String: UnitCost], tableBits: Int,
    fit: ModelFit, units: [Unit] = []
  ) {
    self.programmable = programmable
    self.hardwired = hardwired
    self.rivals = rivals
    self.tableBits = tableBits
    self.fit = fit
    self.units = units
  }

  /// Reads a report, also of a version that knew no ``units``.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      programmable: container.decode(UnitCost.self, forKey: .programmable),
      hardwired: container.decode(UnitCost.self, forKey: .hardwired),
      rivals: container.decode([String: UnitCost].self, forKey: .rivals),
      tableBits: container.decode(Int.self, forKey: .tableBits),
      fit: container.decode(ModelFit.self, forKey: .fit),
      units: container.decodeIfPresent([Unit].self, forKey: .units) ?? [])
  }
}

extension HardwareReport.Unit {
  /// Reads a unit, also of a version that knew no ``hasFloor``.
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      format: container.decode(NumberFormat.self, forKey: .format),
      programmable: container.decode(UnitCost.self, forKey: .programmable),
      hardwired: container.decode(UnitCost.self, forKey: .hardwired),
      tableBits: container.decode(Int.self, forKey: .tableBits),
      isInterpolated: container.decode(Bool.self, forKey: .isInterpolated),
      plainROMArea: container.decodeIfPresent(Double.self, forKey: .plainROMArea),
      hasFloor: container.decodeIfPresent(Bool.self, forKey: .hasFloor) ?? false)
  }
}
