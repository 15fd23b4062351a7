import LookupTables

/// The longest pipeline stage of a table unit: the slower of selecting an entry and computing with
/// it.
///
/// Measured, at N = 16: the units' totals only, not the stages. Assumed: an integer unit's two
/// stages are balanced at 16 entries, and each doubling of N adds one level of the selection tree
/// with its fan-out (60 ps of registers, 30 ps of wired constants). So an integer unit with fewer
/// entries is no faster (its multiplier is not), one with more is slower; a floating-point unit's
/// arithmetic is the longest stage at every N up to 256. An int16 unit, which was not synthesised,
/// stands half-way between int8 and int32: a multiplier's depth grows with the logarithm of its
/// width. Pieces of equal width cost a narrower unit the same share as they cost int32.
///
/// Where a table dips, max(0, y) follows the arithmetic of an integer unit: one gate whose sign
/// reaches every bit of the result, taken as a level of wired selection (30 ps). A floating-point
/// unit knows the sign before it has normalised and rounded, so that its floor is on no path.
struct DelayModel {
  private static let measuredIndexBits = 4
  private static let registerLevel = 60.0
  private static let wiredLevel = 30.0
  private static let floorLevel = wiredLevel

  /// A table held in registers.
  func programmable(_ unit: UnitShape) -> Double {
    let measured = Self.measured(
      unit.format, int32: .int32Programmable, int8: .int8Programmable, fp16: .fp16Programmable)
    guard unit.format.isInteger else { return measured }
    let equalWidth = SynthesisedUnit.int32EqualWidth.delay / SynthesisedUnit.int32Programmable.delay
    let levels = Double(unit.indexBits - Self.measuredIndexBits)
    return max(
      measured + Self.floor(unit),
      measured * (unit.isEqualWidth ? equalWidth : 1) + Self.registerLevel * levels)
  }

  /// A table wired in. A wired fp32 unit is as slow as with registers (as measured for fp16, within
  /// 1 %, which so serves as a check).
  func hardwired(_ unit: UnitShape) -> Double {
    let measured = Self.measured(
      unit.format, int32: .int32Hardwired, int8: .int8Hardwired, fp16: .fp16Programmable)
    guard unit.format.isInteger else { return measured }
    return max(
      measured + Self.floor(unit),
      measured + Self.wiredLevel * Double(unit.indexBits - Self.measuredIndexBits))
  }

  /// What the floor adds to an integer unit's arithmetic.
  private static func floor(_ unit: UnitShape) -> Double { unit.hasFloor ? floorLevel : 0 }

  private static func measured(
    _ format: NumberFormat, int32: SynthesisedUnit, int8: SynthesisedUnit, fp16: SynthesisedUnit
  ) -> Double {
    switch format {
    case .fp32: SynthesisedUnit.fp32Programmable.delay
    case .fp16: fp16.delay
    case .int32: int32.delay
    case .int16: (int32.delay + int8.delay) / 2
    case .int8: int8.delay
    }
  }
}
