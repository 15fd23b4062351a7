/// Where the binary points of an int32 table stand.
///
/// Each quantity gets the most fraction bits with which its largest magnitude still fits 31 bits,
/// then slopes and results give some back where the 64-bit accumulator or the shifts ask for it:
/// - fx: the inputs. With a `line` tail, inputs beyond the domain are looked up too, so eight bits
///   stay free: up to 256 times the larger bound nothing saturates.
/// - fm: the slopes; fx + fm is the accumulator's fraction.
/// - fc: the intercepts; s = fx + fm − fc.
/// - fy: the results; r = fx + fm − fy.
struct IntegerFormatChoice {
  private static let lineHeadroomBits = 8

  /// fx
  let inputBits: Int
  /// fm
  let slopeBits: Int
  /// fc
  let interceptBits: Int
  /// fy
  let outputBits: Int

  init(
    of ideal: PiecewiseLinear, lower: Double, upper: Double, left: Tail, right: Tail,
    isNonNegative: Bool
  ) throws {
    let slope = ideal.slopes.map(\.magnitude).max() ?? 0
    let intercept = ideal.intercepts.map(\.magnitude).max() ?? 0
    let hasLine = left == .line || right == .line
    let input = try Self.fractionBits(fitting: max(lower.magnitude, upper.magnitude), of: "domain")
    inputBits = min(126, input - (hasLine ? Self.lineHeadroomBits : 0))

    // |c| · 2^(fx + fm) stays below 2^61, |m · q| at most 2^62: together below 2^63.
    var slopeBits = slope == 0 ? 30 : try Self.fractionBits(fitting: slope, of: "slopes")
    if intercept > 0 { slopeBits = min(slopeBits, 60 - Int(intercept.exponent) - inputBits) }
    self.slopeBits = slopeBits
    let accumulatorBits = inputBits + slopeBits
    interceptBits =
      intercept == 0
      ? accumulatorBits
      : min(accumulatorBits, try Self.fractionBits(fitting: intercept, of: "intercepts"))

    let reach = 0x1p31 - 1
    let unit = Self.powerOfTwo(-inputBits)
    let result = Self.largestResult(
      of: ideal, from: left == .line ? -0x1p31 * unit : lower,
      to: right == .line ? reach * unit : upper, tails: [left, right],
      isNonNegative: isNonNegative)
    outputBits = min(
      126, accumulatorBits - 1,
      result == 0 ? accumulatorBits - 1 : try Self.fractionBits(fitting: result, of: "results"))
  }

  /// The largest magnitude of a result between two inputs, and of the constants.
  private static func largestResult(
    of ideal: PiecewiseLinear, from lower: Double, to upper: Double, tails: [Tail],
    isNonNegative: Bool
  ) -> Double {
    var largest = 0.0
    func include(_ value: Double) {
      largest = max(largest, isNonNegative ? value : value.magnitude)
    }
    for index in 0..<ideal.entries {
      let start = index == 0 ? lower : max(lower, ideal.breakpoints[index - 1])
      let end = index == ideal.entries - 1 ? upper : min(upper, ideal.breakpoints[index])
      guard start <= end else { continue }
      include(ideal.slopes[index] * start + ideal.intercepts[index])
      include(ideal.slopes[index] * end + ideal.intercepts[index])
    }
    for case .constant(let value) in tails { include(Double(value)) }
    return largest
  }

  /// The most bits f with rne(magnitude · 2^f) < 2^31.
  private static func fractionBits(fitting magnitude: Double, of what: String) throws -> Int {
    guard magnitude.isFinite, magnitude.isNormal, magnitude.exponent.magnitude <= 90 else {
      throw TableError.doesNotFit(
        "the largest magnitude among the \(what) of an int32 table must be in 2^−90 ... 2^90; "
          + "it is \(magnitude): use fp32, a narrower domain or scaling exponent")
    }
    let bits = 30 - Int(magnitude.exponent)
    return (magnitude * powerOfTwo(bits)).rounded(.toNearestOrEven) < 0x1p31 ? bits : bits - 1
  }

  /// The rounded numbers.
  func entries(rounding ideal: PiecewiseLinear) throws -> IntegerEntries {
    func integers(_ values: [Double], _ bits: Int) -> [Int32] {
      values.map { value in
        let scaled = (value * Self.powerOfTwo(bits)).rounded(.toNearestOrEven)
        return Int32(max(-0x1p31, min(0x1p31 - 1, scaled)))
      }
    }
    let accumulatorBits = inputBits + slopeBits
    return try IntegerEntries(
      breakpoints: integers(ideal.breakpoints, inputBits),
      slopes: integers(ideal.slopes, slopeBits),
      intercepts: integers(ideal.intercepts, interceptBits),
      inputFractionBits: inputBits, interceptShift: accumulatorBits - interceptBits,
      resultShift: accumulatorBits - outputBits, outputFractionBits: outputBits)
  }

  private static func powerOfTwo(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
