/// The numbers of an integer table of w bits (int32, int16, int8), its two scales and the shifts of
/// its arithmetic (docs/tables.md):
///
///     q     = sat(rne(u / input step))                  to w bits; the quotient in float32
///     index = number of breakpoints <= q
///     acc   = m[index] · q + (c[index] << s)            in 64 bits
///     y     = sat((acc + 2^(r−1)) >> r)                 to w bits
///     real  = y · output step                           in float32
///
/// `u` is the input after range reduction, `rne` rounds to nearest, ties to even; the quotient is
/// the one of IEEE 754 (as ONNX QuantizeLinear), so with a step of 2^−fx it is u · 2^fx. The table's
/// domain counts in the same integers: its bounds are the q of its bounds, and a constant tail is
/// the integer sat(rne(constant / output step)).
///
/// In real numbers a line has the slope m · 2^−r · output step / input step and the intercept
/// c · 2^(s−r) · output step.
public struct IntegerEntries: Hashable, Sendable {
  /// `int32`, `int16` or `int8`: w.
  public let format: NumberFormat
  /// N − 1 values of w bits in ascending order, in units of the input step.
  public let breakpoints: [Int32]
  /// m: N values of w bits.
  public let slopes: [Int32]
  /// c: N values of w bits.
  public let intercepts: [Int32]
  /// The real value of one unit of the input.
  public let input: IntegerScale
  /// s, in `0...62`.
  public let interceptShift: Int
  /// r, in `1...62`.
  public let resultShift: Int
  /// The real value of one unit of the result.
  public let output: IntegerScale

  /// - Throws: ``TableError`` when the format is none of integers, the counts do not fit, N is not
  ///   in `2...256`, a number has more bits than the format, the breakpoints descend, a shift is
  ///   out of range, or some input could overflow the 64-bit accumulator.
  public init(
    format: NumberFormat, breakpoints: [Int32], slopes: [Int32], intercepts: [Int32],
    input: IntegerScale, interceptShift: Int, resultShift: Int, output: IntegerScale
  ) throws {
    guard format.isInteger else {
      throw TableError.doesNotFit("\(format.rawValue) is no format of integers")
    }
    try checkCounts(
      breakpoints: breakpoints.count, slopes: slopes.count, intercepts: intercepts.count)
    for value in breakpoints + slopes + intercepts where !format.integers.contains(value) {
      throw TableError.doesNotFit(
        "an \(format.rawValue) table's numbers are in \(format.integers); one is \(value)")
    }
    try checkAscending(breakpoints)
    for (name, value, range) in [("s", interceptShift, 0...62), ("r", resultShift, 1...62)]
    where !range.contains(value) {
      throw TableError.doesNotFit(
        "an \(format.rawValue) table's \(name) must be in \(range); this one is \(value)")
    }
    self.format = format
    self.breakpoints = breakpoints
    self.slopes = slopes
    self.intercepts = intercepts
    self.input = input
    self.interceptShift = interceptShift
    self.resultShift = resultShift
    self.output = output
    try proveWidths()
  }

  /// The same between scales that are powers of two.
  /// - Parameters:
  ///   - inputFractionBits: fx: the input step is 2^−fx.
  ///   - outputFractionBits: fy: the output step is 2^−fy.
  /// - Throws: ``TableError``, also when fx or fy is not in `−96...126`.
  public init(
    format: NumberFormat = .int32, breakpoints: [Int32], slopes: [Int32], intercepts: [Int32],
    inputFractionBits: Int, interceptShift: Int, resultShift: Int, outputFractionBits: Int
  ) throws {
    try self.init(
      format: format, breakpoints: breakpoints, slopes: slopes, intercepts: intercepts,
      input: IntegerScale(fractionBits: inputFractionBits), interceptShift: interceptShift,
      resultShift: resultShift, output: IntegerScale(fractionBits: outputFractionBits))
  }

  /// fx; nil where the input step is no power of two.
  public var inputFractionBits: Int? { input.fractionBits }

  /// fy; nil where the output step is no power of two.
  public var outputFractionBits: Int? { output.fractionBits }

  /// Proves |m·q| + |c|·2^s + 2^(r−1) < 2^63 for every entry and every q of w bits: then neither
  /// the products nor the sums can overflow, whatever the input.
  private func proveWidths() throws {
    let limit = UInt64(Int64.max)
    for (index, (slope, intercept)) in zip(slopes, intercepts).enumerated() {
      let product = UInt64(slope.magnitude) << UInt64(format.bits - 1)
      let (shifted, overflow) = UInt64(intercept.magnitude)
        .multipliedReportingOverflow(by: UInt64(1) << UInt64(interceptShift))
      guard !overflow, shifted <= limit,
        product + shifted + (UInt64(1) << UInt64(resultShift - 1)) <= limit
      else {
        throw TableError.doesNotFit(
          "entry \(index) of an \(format.rawValue) table can overflow 64 bits: slope \(slope), "
            + "intercept \(intercept) << \(interceptShift); use smaller shifts")
      }
    }
  }

  /// q of an input; 0 for NaN, whose result a table selects without it.
  public func quantizedInput(_ u: Float) -> Int32 { input.quantized(u, in: format.integers) }

  /// The integer that stands for an output; 0 for NaN.
  public func quantizedOutput(_ value: Float) -> Int32 {
    output.quantized(value, in: format.integers)
  }

  /// y · output step in float32.
  public func real(_ y: Int32) -> Float { Float(y) * output.step }

  /// y of a quantised input.
  public func value(at q: Int32) -> Int32 {
    let index = entryIndex(of: q, among: breakpoints)
    let sum =
      Int64(slopes[index]) * Int64(q) + (Int64(intercepts[index]) << Int64(interceptShift))
      + (Int64(1) << Int64(resultShift - 1))
    let y = sum >> Int64(resultShift)
    let integers = format.integers
    return Int32(clamping: min(max(y, Int64(integers.lowerBound)), Int64(integers.upperBound)))
  }
}
