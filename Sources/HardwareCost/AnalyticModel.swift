import LookupTables

/// Closed-form area and delay of table units, fitted to synthesised ones; ``AreaModel`` and
/// ``DelayModel`` hold the formulas and say what is measured and what is assumed.
public enum AnalyticModel {
  /// What these tables cost: one unit for each number format among them, side by side.
  ///
  /// - Parameters:
  ///   - tables: The tables that the units serve; at least one, of any number formats.
  ///   - isEqualWidth: Whether the pieces are equally wide (`linear-lut`), so that an integer unit
  ///     stores and compares no breakpoints. Its index is a subtraction and a shift, which takes a
  ///     width of a power of two: the price is that of such a table, the lowest there is. A
  ///     floating-point input cannot be shifted into an index, and no such unit was synthesised:
  ///     those tables are priced with their breakpoints.
  ///
  /// A unit one of whose tables dips (``LookupTables/LookupTable/dips``) has max(0, y) at its end.
  /// - Throws: ``HardwareCostError`` when there is no table.
  public static func report(for tables: [LookupTable], isEqualWidth: Bool = false) throws
    -> HardwareReport
  {
    let units = NumberFormat.allCases.compactMap { format in
      unit(of: format, serving: tables.filter { $0.format == format }, isEqualWidth: isEqualWidth)
    }
    guard let programmable = UnitCost(sideBySide: units.map(\.programmable)),
      let hardwired = UnitCost(sideBySide: units.map(\.hardwired))
    else { throw HardwareCostError.noTable }
    return HardwareReport(
      programmable: programmable, hardwired: hardwired,
      rivals: Dictionary(
        SynthesisedUnit.rivals.map { ($0.name, $0.cost) }, uniquingKeysWith: { one, _ in one }),
      tableBits: units.map(\.tableBits).reduce(0, +), fit: fit, units: units)
  }

  /// The area of one unit with a single table wired in, in µm²: what a search for a small variant
  /// minimises. Unlike the areas of a report it is not rounded. Grows with the entries.
  /// - Parameters:
  ///   - entries: N, in `2...256`.
  ///   - hasFloor: Whether it has max(0, y): a table that dips below 0 needs it.
  public static func hardwiredArea(
    entries: Int, format: NumberFormat, hasFloor: Bool = false
  ) -> Double {
    let shape = UnitShape(format: format, entries: entries, hasFloor: hasFloor)
    return AreaModel.shared.wiredArithmetic(shape) + AreaModel.shared.wiredSelect(shape)
  }

  /// The same of a given table.
  public static func hardwiredArea(of table: LookupTable) -> Double {
    hardwiredArea(entries: table.entries, format: table.format, hasFloor: table.dips)
  }

  /// The residuals at every synthesised table unit.
  public static let fit = ModelFit(points: measuredPoints)

  /// nil when there are no tables.
  private static func unit(
    of format: NumberFormat, serving tables: [LookupTable], isEqualWidth: Bool
  ) -> HardwareReport.Unit? {
    // What one of the tables needs, the unit has.
    let hasFloor = tables.contains(where: \.dips)
    func shapes(_ tables: some Sequence<LookupTable>) -> [UnitShape] {
      tables.map(\.entries).sorted().map {
        UnitShape(
          format: format, entries: $0, isEqualWidth: isEqualWidth, hasFloor: hasFloor)
      }
    }
    let all = shapes(tables)
    guard let largest = all.last else { return nil }
    let distinct = shapes(Set(tables))
    return HardwareReport.Unit(
      format: format, programmable: programmable(largest),
      hardwired: hardwired(distinct, largest: largest),
      tableBits: all.map(\.storedBits).reduce(0, +), isInterpolated: format == .int16,
      plainROMArea: format == .int8
        ? tenths(SynthesisedUnit.int8PlainROMArea * Double(distinct.count)) : nil,
      hasFloor: hasFloor)
  }
}

extension UnitCost {
  /// Units that stand beside each other: areas add up, the slowest one sets the clock. nil when
  /// there is none.
  fileprivate init?(sideBySide units: [UnitCost]) {
    guard let first = units.first else { return nil }
    func sum(_ part: (AreaBreakdown) -> Double) -> Double {
      AnalyticModel.tenths(units.map { part($0.area) }.reduce(0, +))
    }
    self.init(
      level: first.level,
      area: AreaBreakdown(
        storage: sum(\.storage), select: sum(\.select), arithmetic: sum(\.arithmetic)),
      delayPicoseconds: units.map(\.delayPicoseconds).max() ?? first.delayPicoseconds,
      latencyCycles: units.compactMap(\.latencyCycles).max(),
      initiationInterval: units.compactMap(\.initiationInterval).max(), energyPicojoules: nil)
  }
}

/// Why a cost cannot be computed.
public enum HardwareCostError: Error, Hashable, Sendable, CustomStringConvertible {
  case noTable

  public var description: String {
    switch self {
    case .noTable: "the hardware model needs at least one table"
    }
  }
}
