/// The closed form of a table unit's area. B is the width of a stored number, N the entries.
///
///     programmable  storage     σ · B · (3N − 1)
///                   select      κ · B · (N − 1)  +  μ · 2B · (N − 1)
///     equal width   storage     σ · B · (2N + 2)          no breakpoints; lower bound and step
///                   select      κ · B · 2      +  μ · 2B · (N − 1)
///     hardwired     storage     0
///                   select      ρ · (κ · B · (N − 1) + μ · S · (N − 1)),  S = bits of an entry
///     int32         arithmetic  α · B · M + γ · B         M = bits of a slope
///     fp            arithmetic  φ(B)
///
/// What is measured: the totals of ``SynthesisedUnit`` and that 1504 flip-flops are a third of the
/// int32 programmable unit, all at N = 16. What is assumed: α and γ, from counts of ASAP7 cells
/// (a full adder with its AND gate a bit product; pipeline registers, final adder and saturation a
/// bit), and that an index by subtraction and shift costs two comparators. σ, κ, μ, ρ and φ are
/// then solved from the measured totals below, so those fit exactly; every other N is
/// interpolation by these formulas, and so is the split between select and arithmetic. The fp16
/// hardwired unit takes no part and checks them: 284 against 281 µm².
struct AreaModel {
  private static let measuredEntries = 16.0

  /// α, µm² a bit product.
  let multiplier = 0.29
  /// γ, µm² a bit.
  let integerRest = 2.5
  /// σ, µm² a stored bit.
  let storage: Double
  /// κ, µm² a compared bit.
  let compare: Double
  /// μ, µm² a bit selected from one more entry.
  let choose: Double
  /// ρ, the share of the selection that stays when the table's numbers are constants.
  let wired: Double
  /// φ(32)
  let fp32Arithmetic: Double
  /// φ(16)
  let fp16Arithmetic: Double

  init() {
    let entries = Self.measuredEntries
    let bits = 32.0
    let programmable = SynthesisedUnit.int32Programmable.area
    storage = programmable / 3 / (bits * (3 * entries - 1))
    // The two int32 units differ by N − 3 stored numbers and N − 3 comparators.
    let difference = programmable - SynthesisedUnit.int32EqualWidth.area
    compare = difference / ((entries - 3) * bits) - storage
    let compared = compare * bits * (entries - 1)
    let arithmetic = multiplier * bits * bits + integerRest * bits
    let chosen = programmable * 2 / 3 - compared - arithmetic
    choose = chosen / (2 * bits * (entries - 1))
    let hardwiredArithmetic = multiplier * bits * 16 + integerRest * bits
    wired =
      (SynthesisedUnit.int32Hardwired.area - hardwiredArithmetic) / (compared + chosen * 48 / 64)
    fp32Arithmetic = SynthesisedUnit.fp32Programmable.area - programmable / 3 - compared - chosen
    fp16Arithmetic =
      SynthesisedUnit.fp16Programmable.area - (programmable / 3 + compared + chosen) / 2
  }

  /// A table held in registers.
  func programmable(_ unit: UnitShape) -> AreaBreakdown {
    let bits = Double(unit.bits)
    let entries = Double(unit.entries)
    let stored = unit.isEqualWidth ? 2 * entries + 2 : 3 * entries - 1
    let compared = unit.isEqualWidth ? 2 : entries - 1
    return AreaBreakdown(
      storage: storage * bits * stored,
      select: compare * bits * compared + choose * 2 * bits * (entries - 1),
      arithmetic: arithmetic(unit.number, slopeBits: unit.bits))
  }

  /// The selection of one wired table.
  func wiredSelect(_ unit: UnitShape, slopeBits: Int) -> Double {
    let bits = Double(unit.bits)
    let others = Double(unit.entries - 1)
    let compared = compare * bits * (unit.isEqualWidth ? 2 : others)
    return wired * (compared + choose * (bits + Double(slopeBits)) * others)
  }

  /// The multiplier, the adder and what is around them.
  func arithmetic(_ number: UnitShape.Number, slopeBits: Int) -> Double {
    switch number {
    case .int32: multiplier * 32 * Double(slopeBits) + integerRest * 32
    case .fp32: fp32Arithmetic
    case .fp16: fp16Arithmetic
    }
  }
}
