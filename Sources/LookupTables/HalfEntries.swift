/// The numbers of an fp16 table (IEEE binary16) and its arithmetic. Zeros are stored as +0.
///
///     h      = sat(rne(u))                    to fp16; ±∞ and all beyond ±65504 give ±65504
///     index  = number of breakpoints <= h
///     result = sat(rne(rne(m[index] · h) + c[index]))
///
/// `u` is the input after range reduction in float32. Multiplication and addition round to nearest
/// even each, with gradual subnormals. A product that overflows is infinite and so is its sum;
/// then the result saturates at ±65504 as the input does. So no input, infinite or huge, gives an
/// infinite result or a NaN, and no later layer meets one. The table's domain counts in the same
/// numbers: its bounds and the constants of its tails are rounded to fp16.
public struct HalfEntries: Hashable, Sendable {
  /// N − 1 finite values in ascending order.
  public let breakpoints: [Float16]
  /// m: N finite values.
  public let slopes: [Float16]
  /// c: N finite values.
  public let intercepts: [Float16]

  /// - Throws: ``TableError`` when the counts do not fit, N is not in `2...256`, a number is not
  ///   finite or the breakpoints descend.
  public init(breakpoints: [Float16], slopes: [Float16], intercepts: [Float16]) throws {
    let numbers = try LineNumbers(
      breakpoints: breakpoints, slopes: slopes, intercepts: intercepts
    ).checked()
    self.breakpoints = numbers.breakpoints
    self.slopes = numbers.slopes
    self.intercepts = numbers.intercepts
  }

  /// The nearest numbers to an ideal function's.
  /// - Throws: ``TableError`` when a number is beyond ±65504.
  public init(rounding ideal: PiecewiseLinear) throws {
    func rounded(_ values: [Double], _ what: String) throws -> [Float16] {
      try values.map { value in
        let half = Float16(value)
        guard half.isFinite else {
          throw TableError.doesNotFit(
            "the \(what) of an fp16 table must be within ±65504; one is \(value): use fp32, a "
              + "narrower domain or scaling exponent")
        }
        return half
      }
    }
    try self.init(
      breakpoints: rounded(ideal.breakpoints, "breakpoints"),
      slopes: rounded(ideal.slopes, "slopes"),
      intercepts: rounded(ideal.intercepts, "intercepts"))
  }

  /// h of an input; NaN for NaN.
  public static func quantized(_ u: Float) -> Float16 { saturated(Float16(u)) }

  /// The result for a quantised input. Each operation is done in float32 and rounded once more: the
  /// product of two fp16 is exact in float32, and for the sum 24 bits are the 2 · 11 + 2 with which
  /// rounding twice is rounding once.
  public func value(at h: Float16) -> Float16 {
    let index = entryIndex(of: h, among: breakpoints)
    let product = Float16(Float(slopes[index]) * Float(h))
    return Self.saturated(Float16(Float(product) + Float(intercepts[index])))
  }

  private static func saturated(_ value: Float16) -> Float16 {
    let limit = Float16.greatestFiniteMagnitude
    return value > limit ? limit : value < -limit ? -limit : value
  }
}

extension HalfEntries: Codable {
  /// - Throws: `DecodingError` or ``TableError`` as the initialiser does.
  public init(from decoder: any Decoder) throws {
    let numbers = try LineNumbers<Float16>(from: decoder)
    try self.init(
      breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: numbers.intercepts)
  }

  public func encode(to encoder: any Encoder) throws {
    try LineNumbers(breakpoints: breakpoints, slopes: slopes, intercepts: intercepts)
      .encode(to: encoder)
  }
}
