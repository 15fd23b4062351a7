extension IntegerEntries {
  /// The nearest numbers to an ideal function's between two given scales.
  ///
  /// r gets the most bits with which the slopes fit w bits and the accumulator 64, s then the
  /// fewest with which the intercepts fit w bits.
  ///
  /// - Throws: ``TableError`` when no r fits: the slopes are too steep, or the intercepts too
  ///   large, for these scales.
  public init(
    rounding ideal: PiecewiseLinear, format: NumberFormat, input: IntegerScale,
    output: IntegerScale
  ) throws {
    func units(_ values: [Double], _ step: Double) -> [Double] { values.map { $0 / step } }
    let inputStep = Double(input.step)
    let outputStep = Double(output.step)
    let slopes = ideal.slopes.map { $0 * inputStep / outputStep }
    let intercepts = units(ideal.intercepts, outputStep)

    let largest = Double(format.integers.upperBound)
    func fits(_ values: [Double], bits: Int) -> Bool {
      let factor = Double(sign: .plus, exponent: bits, significand: 1)
      return values.allSatisfy { ($0 * factor).rounded(.toNearestOrEven).magnitude <= largest }
    }
    // |c| · 2^s stays below 2^61, |m · q| at most 2^62, 2^(r−1) at most 2^60.
    let intercept = intercepts.map(\.magnitude).max() ?? 0
    let mostBits = intercept > 0 ? min(61, 60 - Int(clamping: intercept.exponent)) : 61
    let resultShift =
      slopes.allSatisfy { $0 == 0 }
      ? min(mostBits, format.bits - 1)
      : stride(from: mostBits, through: 1, by: -1).first { fits(slopes, bits: $0) } ?? 0
    guard resultShift >= 1,
      let interceptShift = (0...62).first(where: { fits(intercepts, bits: resultShift - $0) })
    else {
      throw TableError.doesNotFit(
        "an \(format.rawValue) table from steps of \(input.step) to steps of \(output.step) cannot "
          + "hold slopes or intercepts this large; use a smaller input step or a larger output step"
      )
    }
    func integers(_ values: [Double], bits: Int = 0) -> [Int32] {
      let factor = Double(sign: .plus, exponent: bits, significand: 1)
      return values.map { format.nearestInteger(to: $0 * factor) }
    }
    try self.init(
      format: format, breakpoints: integers(units(ideal.breakpoints, inputStep)),
      slopes: integers(slopes, bits: resultShift),
      intercepts: integers(intercepts, bits: resultShift - interceptShift), input: input,
      interceptShift: interceptShift, resultShift: resultShift, output: output)
  }
}
