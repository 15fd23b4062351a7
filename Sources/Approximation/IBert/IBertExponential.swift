/// I-BERT's exp for x <= 0, Algorithm 3, I-EXP: x = −z·ln 2 + p with p in (−ln 2, 0], then
/// `exp(x) = L(p) >> z` with `L(p) = 0.3585(p + 1.353)² + 0.344`.
///
/// L's largest error on (−ln 2, 0] is 2.1e-3 before any quantisation; the paper's §3.5 says 1.9e-3,
/// presumably of coefficients with more digits than it prints.
public struct IBertExponential: Hashable, Sendable {
  static let a = 0.3585
  static let b = 1.353
  static let c = 0.344
  private static let naturalLogarithmOf2 = 0.6931471805599453

  private let polynomial: IBertPolynomial
  /// ⌊ln 2 / S⌋, at least 1
  private let halving: Int64

  /// 0.3585·S²: what one unit of the result stands for.
  public var outputScale: Double { polynomial.outputScale }

  /// - Parameter scale: S of the input, in ``IBertScale/permitted``.
  /// - Throws: ``ApproximationError`` for another scale.
  public init(scale: Double) throws {
    try IBertScale.check(scale)
    polynomial = IBertPolynomial(a: Self.a, b: Self.b, c: Self.c, scale: scale)
    halving = Int64((Self.naturalLogarithmOf2 / scale).rounded(.down))
  }

  /// - Parameter q: The input in units of the scale. What is above 0 counts as 0: Softmax subtracts
  ///   the row's maximum first.
  /// - Returns: exp in units of ``outputScale``; not negative.
  public func callAsFunction(_ q: Int32) -> Int64 {
    let q = min(Int64(q), 0)
    let z = -q / halving
    return polynomial(q + z * halving) >> min(z, 63)
  }
}

/// I-BERT's Softmax, Algorithm 3, I-SOFTMAX, with the widths of the authors' program: exponentials
/// requantised to 16 bits by a dyadic factor, one division a row, ⌊2^32 / Σ⌋.
public struct IBertSoftmax: Hashable, Sendable {
  private let exponential: IBertExponential
  /// b of the dyadic number b / 2^31 that turns units of the exponential into 1 / 32 767.
  private let factor: Int64
  /// Bits of one result.
  public let outputBits: Int

  /// What one unit of the result stands for: 2^−outputBits.
  public var outputScale: Double { 1 / Double(Int64(1) << Int64(outputBits)) }

  /// - Parameters:
  ///   - scale: S of the input, in ``IBertScale/permitted``.
  ///   - outputBits: In `1...32`; the paper has 8.
  /// - Throws: ``ApproximationError`` for another scale or number of bits.
  public init(scale: Double, outputBits: Int = 8) throws {
    guard (1...32).contains(outputBits) else {
      throw ApproximationError.invalid(
        parameter: "outputBits", value: "\(outputBits)", permitted: "use 1 to 32")
    }
    exponential = try IBertExponential(scale: scale)
    factor = Int64((exponential.outputScale * 32_767 * 0x1p31).rounded())
    self.outputBits = outputBits
  }

  /// - Parameter row: The inputs in units of the scale; at most 2^31 of them.
  /// - Returns: Their softmax in units of ``outputScale``.
  public func callAsFunction(_ row: [Int32]) -> [Int64] {
    guard let largest = row.max() else { return [] }
    let exponentials = row.map { q in
      let difference = max(Int64(q) - Int64(largest), Int64(Int32.min))
      return (exponential(Int32(difference)) * factor + (1 << 30)) >> 31
    }
    let division = IBertDivision(numeratorBits: 32)
    let share = division(exponentials.reduce(0, +))
    return exponentials.map { ($0 * share) >> Int64(32 - outputBits) }
  }
}
