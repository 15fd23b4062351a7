/// The numbers of an int32 table and the four shifts of its arithmetic (DESIGN §5):
///
///     q     = sat(rne(u · 2^fx))                        to 32 bits
///     index = number of breakpoints <= q
///     acc   = m[index] · q + (c[index] << s)            in 64 bits
///     y     = sat((acc + 2^(r−1)) >> r)                 to 32 bits
///     real  = y · 2^−fy
///
/// `u` is the input after range reduction, `rne` rounds to nearest, ties to even. The table's
/// domain counts in the same integers: its bounds are the q of its bounds, and a constant tail is
/// the integer sat(rne(constant · 2^fy)).
public struct IntegerEntries: Hashable, Sendable {
  /// N − 1 values in ascending order, in units of 2^−fx.
  public let breakpoints: [Int32]
  /// m: N values, in units of 2^(fx−fy−r).
  public let slopes: [Int32]
  /// c: N values, in units of 2^(s−fy−r).
  public let intercepts: [Int32]
  /// fx, in `−126...126`.
  public let inputFractionBits: Int
  /// s, in `0...62`.
  public let interceptShift: Int
  /// r, in `1...62`.
  public let resultShift: Int
  /// fy, in `−126...126`.
  public let outputFractionBits: Int

  /// - Throws: ``TableError`` when the counts do not fit, N is not in `2...256`, the breakpoints
  ///   descend, a shift is out of range, or some input could overflow the 64-bit accumulator.
  public init(
    breakpoints: [Int32], slopes: [Int32], intercepts: [Int32], inputFractionBits: Int,
    interceptShift: Int, resultShift: Int, outputFractionBits: Int
  ) throws {
    try checkCounts(
      breakpoints: breakpoints.count, slopes: slopes.count, intercepts: intercepts.count)
    try checkAscending(breakpoints)
    for (name, value, range) in [
      ("fx", inputFractionBits, -126...126), ("s", interceptShift, 0...62),
      ("r", resultShift, 1...62), ("fy", outputFractionBits, -126...126),
    ] where !range.contains(value) {
      throw TableError.doesNotFit(
        "an int32 table's \(name) must be in \(range); this one is \(value)")
    }
    try Self.proveWidths(
      slopes: slopes, intercepts: intercepts, interceptShift: interceptShift,
      resultShift: resultShift)
    self.breakpoints = breakpoints
    self.slopes = slopes
    self.intercepts = intercepts
    self.inputFractionBits = inputFractionBits
    self.interceptShift = interceptShift
    self.resultShift = resultShift
    self.outputFractionBits = outputFractionBits
  }

  /// Proves |m·q| + |c|·2^s + 2^(r−1) < 2^63 for every entry and every 32-bit q: then neither the
  /// products nor the sums can overflow, whatever the input.
  private static func proveWidths(
    slopes: [Int32], intercepts: [Int32], interceptShift: Int, resultShift: Int
  ) throws {
    let limit = UInt64(Int64.max)
    for (index, (slope, intercept)) in zip(slopes, intercepts).enumerated() {
      let product = UInt64(slope.magnitude) << 31
      let (shifted, overflow) = UInt64(intercept.magnitude)
        .multipliedReportingOverflow(by: UInt64(1) << UInt64(interceptShift))
      guard !overflow, shifted <= limit,
        product + shifted + (UInt64(1) << UInt64(resultShift - 1)) <= limit
      else {
        throw TableError.doesNotFit(
          "entry \(index) of an int32 table can overflow 64 bits: slope \(slope), intercept "
            + "\(intercept) << \(interceptShift); use smaller shifts")
      }
    }
  }

  /// sat(rne(value · 2^fractionBits)) to 32 bits; 0 for NaN.
  /// - Parameter fractionBits: Must be in `−126...126`.
  static func quantized(_ value: Float, fractionBits: Int) -> Int32 {
    let scaled = value * Float.powerOfTwo(fractionBits)
    if scaled >= 0x1p31 { return .max }
    if scaled < -0x1p31 { return .min }
    if scaled.isNaN { return 0 }
    return Int32(scaled.rounded(.toNearestOrEven))
  }

  /// q of an input; 0 for NaN, whose result a table selects without it.
  public func quantizedInput(_ u: Float) -> Int32 {
    Self.quantized(u, fractionBits: inputFractionBits)
  }

  /// The integer that stands for an output; 0 for NaN.
  public func quantizedOutput(_ value: Float) -> Int32 {
    Self.quantized(value, fractionBits: outputFractionBits)
  }

  /// y · 2^−fy, rounded to nearest even where y has more than 24 significant bits.
  public func real(_ y: Int32) -> Float {
    Float(y) * Float.powerOfTwo(-outputFractionBits)
  }

  /// y of a quantised input.
  public func value(at q: Int32) -> Int32 {
    let index = entryIndex(of: q, among: breakpoints)
    let sum =
      Int64(slopes[index]) * Int64(q) + (Int64(intercepts[index]) << Int64(interceptShift))
      + (Int64(1) << Int64(resultShift - 1))
    return Int32(clamping: sum >> Int64(resultShift))
  }
}
