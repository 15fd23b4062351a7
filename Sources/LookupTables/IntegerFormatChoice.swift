/// Where the binary points of an integer table of w bits stand.
///
/// Each quantity gets the most fraction bits with which its largest magnitude still fits w − 1
/// bits, then slopes and results give some back where the 64-bit accumulator or the shifts ask for
/// it:
/// - fx: the inputs, as ``IntegerReach`` bounds them.
/// - fm: the slopes; fx + fm is the accumulator's fraction.
/// - fc: the intercepts; s = fx + fm − fc.
/// - fy: the results; r = fx + fm − fy.
struct IntegerFormatChoice {
  private let format: NumberFormat
  /// fx
  private let inputBits: Int
  /// fm
  private let slopeBits: Int
  /// fc
  private let interceptBits: Int
  /// fy
  private let outputBits: Int

  init(of ideal: PiecewiseLinear, reach: IntegerReach, format: NumberFormat) throws {
    self.format = format
    func fractionBits(fitting magnitude: Double, of what: String) throws -> Int {
      try IntegerFormatChoice.fractionBits(fitting: magnitude, of: what, in: format)
    }
    let slope = ideal.slopes.map(\.magnitude).max() ?? 0
    let intercept = ideal.intercepts.map(\.magnitude).max() ?? 0
    inputBits = min(126, try fractionBits(fitting: reach.domain, of: "domain") - reach.headroomBits)

    // |c| · 2^(fx + fm) stays below 2^61, |m · q| at most 2^62: together below 2^63.
    var slopeBits = slope == 0 ? format.bits - 2 : try fractionBits(fitting: slope, of: "slopes")
    if slope == 0, intercept > 0 {
      // Constants alone: the accumulator's fraction must hold theirs.
      slopeBits = max(
        slopeBits, try fractionBits(fitting: intercept, of: "intercepts") - inputBits)
    }
    if intercept > 0 { slopeBits = min(slopeBits, 60 - Int(intercept.exponent) - inputBits) }
    self.slopeBits = slopeBits
    let accumulatorBits = inputBits + slopeBits
    interceptBits =
      intercept == 0
      ? accumulatorBits
      : min(accumulatorBits, try fractionBits(fitting: intercept, of: "intercepts"))
    let result = reach.largestResult(of: ideal, inputStep: Self.powerOfTwo(-inputBits))
    outputBits = min(
      126, accumulatorBits - 1,
      result == 0 ? accumulatorBits - 1 : try fractionBits(fitting: result, of: "results"))
  }

  /// The most bits f with rne(magnitude · 2^f) < 2^(w−1).
  private static func fractionBits(
    fitting magnitude: Double, of what: String, in format: NumberFormat
  ) throws -> Int {
    guard magnitude.isFinite, magnitude.isNormal, magnitude.exponent.magnitude <= 90 else {
      throw TableError.doesNotFit(
        "the largest magnitude among the \(what) of an \(format.rawValue) table must be in 2^−90 "
          + "... 2^90; it is \(magnitude): use fp32, a narrower domain or scaling exponent")
    }
    let bits = format.bits - 2 - Int(magnitude.exponent)
    let limit = powerOfTwo(format.bits - 1)
    return (magnitude * powerOfTwo(bits)).rounded(.toNearestOrEven) < limit ? bits : bits - 1
  }

  /// The rounded numbers.
  func entries(rounding ideal: PiecewiseLinear) throws -> IntegerEntries {
    func integers(_ values: [Double], _ bits: Int) -> [Int32] {
      values.map { format.nearestInteger(to: $0 * Self.powerOfTwo(bits)) }
    }
    let accumulatorBits = inputBits + slopeBits
    return try IntegerEntries(
      format: format, breakpoints: integers(ideal.breakpoints, inputBits),
      slopes: integers(ideal.slopes, slopeBits),
      intercepts: integers(ideal.intercepts, interceptBits),
      inputFractionBits: inputBits, interceptShift: accumulatorBits - interceptBits,
      resultShift: accumulatorBits - outputBits, outputFractionBits: outputBits)
  }

  private static func powerOfTwo(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}

extension NumberFormat {
  /// sat(rne(value)) to the format's integers.
  func nearestInteger(to value: Double) -> Int32 {
    let rounded = value.rounded(.toNearestOrEven)
    return Int32(max(Double(integers.lowerBound), min(Double(integers.upperBound), rounded)))
  }
}
