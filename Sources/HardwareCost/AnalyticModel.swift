import LookupTables

/// Closed-form area and delay of table units, fitted to synthesised ones; ``AreaModel`` and
/// ``DelayModel`` hold the formulas and say what is measured and what is assumed.
public enum AnalyticModel {
  /// Slopes of a wired int32 table are rounded to 16 bits, as in the unit that was synthesised.
  static let wiredSlopeBits = 16

  /// What these tables cost as one unit.
  ///
  /// - Parameters:
  ///   - tables: The tables that the unit serves; at least one, all of one number format.
  ///   - isEqualWidth: Whether the pieces are equally wide (`linear-lut`), so that an int32 unit
  ///     stores and compares no breakpoints. Its index is a subtraction and a shift, which takes a
  ///     width of a power of two: the price is that of such a table, the lowest there is. A
  ///     floating-point input cannot be shifted into an index, and no such unit was synthesised:
  ///     those tables are priced with their breakpoints.
  /// - Throws: ``HardwareCostError`` when there is no table or the formats differ.
  public static func report(for tables: [LookupTable], isEqualWidth: Bool = false) throws
    -> HardwareReport
  {
    guard let first = tables.first else { throw HardwareCostError.noTable }
    if let other = tables.first(where: { $0.format != first.format }) {
      throw HardwareCostError.mixedFormats(first.format, other.format)
    }
    let number: UnitShape.Number =
      switch first.format {
      case .fp32: .fp32
      case .int32: .int32
      }
    let isEqualWidth = isEqualWidth && number == .int32
    func shapes(_ tables: some Sequence<LookupTable>) -> [UnitShape] {
      tables.map(\.entries).sorted().map {
        UnitShape(number: number, entries: $0, isEqualWidth: isEqualWidth)
      }
    }
    let all = shapes(tables)
    let largest = UnitShape(
      number: number, entries: all.map(\.entries).max() ?? first.entries,
      isEqualWidth: isEqualWidth)
    return HardwareReport(
      programmable: programmable(largest),
      hardwired: hardwired(shapes(Set(tables)), largest: largest),
      rivals: Dictionary(
        SynthesisedUnit.rivals.map { ($0.name, $0.cost) }, uniquingKeysWith: { one, _ in one }),
      tableBits: all.map(\.storedBits).reduce(0, +), fit: fit)
  }

  /// The residuals at every synthesised table unit.
  public static let fit = ModelFit(points: measuredPoints)
}

/// Why a cost cannot be computed.
public enum HardwareCostError: Error, Hashable, Sendable, CustomStringConvertible {
  case noTable
  case mixedFormats(NumberFormat, NumberFormat)

  public var description: String {
    switch self {
    case .noTable:
      "the hardware model needs at least one table"
    case .mixedFormats(let one, let other):
      "one unit serves tables of one number format, not \(one.rawValue) and \(other.rawValue): "
        + "report them apart"
    }
  }
}
