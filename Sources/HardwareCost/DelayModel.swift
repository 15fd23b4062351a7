/// The longest pipeline stage of a table unit: the slower of selecting an entry and computing with
/// it.
///
/// Measured, at N = 16: the units' totals only, not the stages. Assumed: an integer unit's two
/// stages are balanced at 16 entries, and each doubling of N adds one level of the selection tree
/// with its fan-out (60 ps of registers, 30 ps of wired constants). So an integer unit with fewer
/// entries is no faster (its multiplier is not), one with more is slower; a floating-point unit's
/// arithmetic is the longest stage at every N up to 256.
struct DelayModel {
  private static let measuredIndexBits = 4
  private static let registerLevel = 60.0
  private static let wiredLevel = 30.0

  /// A table held in registers.
  func programmable(_ unit: UnitShape) -> Double {
    switch unit.number {
    case .fp32: SynthesisedUnit.fp32Programmable.delay
    case .fp16: SynthesisedUnit.fp16Programmable.delay
    case .int32:
      max(
        SynthesisedUnit.int32Programmable.delay,
        (unit.isEqualWidth ? SynthesisedUnit.int32EqualWidth : .int32Programmable).delay
          + Self.registerLevel * Double(unit.indexBits - Self.measuredIndexBits))
    }
  }

  /// A table wired in. Floating-point units are as slow as with registers (measured for fp16).
  func hardwired(_ unit: UnitShape) -> Double {
    guard unit.number == .int32 else { return programmable(unit) }
    let measured = SynthesisedUnit.int32Hardwired.delay
    let levels = Double(unit.indexBits - Self.measuredIndexBits)
    return max(measured, measured + Self.wiredLevel * levels)
  }
}
