import LookupTables

/// The closed form of a table unit's area. B is the width of a stored number, N the entries.
///
///     programmable  storage     σ · B · (3N − 1)
///                   select      κ · E · (N − 1)  +  μ · 2E · (N − 1)
///     equal width   storage     σ · B · (2N + 2)          no breakpoints; lower bound and step
///                   select      κ · E · 2      +  μ · 2E · (N − 1)
///     hardwired     storage     0
///                   select      ρ · (κ · E · (N − 1) + μ · S · (N − 1)),  S = E/B · bits of an entry
///     integers      arithmetic  α · B · M + γ · B + δ     M = bits of a slope
///     fp            arithmetic  φ(B)
///     floor         arithmetic  + α₁ · B                where a table dips: max(0, y)
///
/// E, the effective width of what is selected, is B for 32 bits and for floating point; int8 units
/// spend more on selecting than their share of bits, so E(8) is solved from theirs, as is δ(8);
/// δ(32) is 0. int16 lies between, linear in B: no such unit was synthesised.
///
/// What is measured: the totals of ``SynthesisedUnit`` and that 1504 flip-flops are a third of the
/// int32 programmable unit, all at N = 16. What is assumed: α and γ, from counts of ASAP7 cells
/// (a full adder with its AND gate a bit product; pipeline registers, final adder and saturation a
/// bit), that ρ is the same for every format, and that an index by subtraction and shift costs two
/// comparators. σ, κ, μ, ρ, φ, E(8) and δ(8) are then solved from the measured totals below, so
/// those fit exactly; every other N is interpolation by these formulas, and so is the split between
/// select and arithmetic. The fp16 hardwired unit takes no part and checks them: 284 against
/// 281 µm².
///
/// The floor is one AND gate for each bit of the result with the inverted sign, in every format. α₁
/// is the AND gate of α, which is a full adder (ASAP7's FAx1, 0.204 µm²) with an AND gate (AND2x2,
/// 0.0875 µm²). No unit with a floor was synthesised.
struct AreaModel {
  /// The model; its parameters are solved once.
  static let shared = AreaModel()

  private static let measuredEntries = 16.0

  /// α, µm² a bit product.
  private let multiplier = 0.29
  /// α₁, µm² a bit: the share of α that is its AND gate.
  private let floor = 0.0875
  /// γ, µm² a bit.
  private let integerRest = 2.5
  /// σ, µm² a stored bit.
  private let storage: Double
  /// κ, µm² a compared bit.
  private let compare: Double
  /// μ, µm² a bit selected from one more entry.
  private let choose: Double
  /// ρ, the share of the selection that stays when the table's numbers are constants.
  private let wired: Double
  /// φ(32)
  private let fp32Arithmetic: Double
  /// φ(16)
  private let fp16Arithmetic: Double
  /// E(8)
  private let narrowBits: Double
  /// δ(8)
  private let narrowRest: Double

  private init() {
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

    // int8: selection + arithmetic and ρ · selection + arithmetic are what the two units leave.
    let narrow = SynthesisedUnit.int8Programmable.area - programmable / 12
    let selected = (narrow - SynthesisedUnit.int8Hardwired.area) / (1 - wired)
    narrowBits = selected / (compared + chosen) * bits
    narrowRest = narrow - selected - multiplier * 64 - integerRest * 8
  }

  /// A table held in registers.
  func programmable(_ unit: UnitShape) -> AreaBreakdown {
    let entries = Double(unit.entries)
    let stored = unit.isEqualWidth ? 2 * entries + 2 : 3 * entries - 1
    let compared = unit.isEqualWidth ? 2 : entries - 1
    let effective = effectiveBits(unit.format)
    return AreaBreakdown(
      storage: storage * Double(unit.format.bits) * stored,
      select: compare * effective * compared + choose * 2 * effective * (entries - 1),
      arithmetic: arithmetic(unit, slopeBits: unit.format.bits))
  }

  /// The selection of one wired table.
  func wiredSelect(_ unit: UnitShape) -> Double {
    let others = Double(unit.entries - 1)
    let bits = Double(unit.format.bits)
    let effective = effectiveBits(unit.format)
    let entryBits = effective / bits * (bits + Double(unit.wiredSlopeBits))
    let compared = compare * effective * (unit.isEqualWidth ? 2 : others)
    return wired * (compared + choose * entryBits * others)
  }

  /// The multiplier, the adder and what is around them in a unit whose tables are wired in.
  func wiredArithmetic(_ unit: UnitShape) -> Double {
    arithmetic(unit, slopeBits: unit.wiredSlopeBits)
  }

  private func arithmetic(_ unit: UnitShape, slopeBits: Int) -> Double {
    arithmetic(unit.format, slopeBits: slopeBits)
      + (unit.hasFloor ? floor * Double(unit.format.bits) : 0)
  }

  private func arithmetic(_ format: NumberFormat, slopeBits: Int) -> Double {
    switch format {
    case .fp32: return fp32Arithmetic
    case .fp16: return fp16Arithmetic
    case .int32, .int16, .int8:
      let bits = Double(format.bits)
      return multiplier * bits * Double(slopeBits) + integerRest * bits
        + between(narrowRest, 0, format)
    }
  }

  /// E(B)
  private func effectiveBits(_ format: NumberFormat) -> Double {
    format.isInteger ? between(narrowBits, 32, format) : Double(format.bits)
  }

  /// Linear in the format's bits, `narrow` at 8 and `wide` at 32.
  private func between(_ narrow: Double, _ wide: Double, _ format: NumberFormat) -> Double {
    narrow + (wide - narrow) * Double(format.bits - 8) / 24
  }
}
