/// I-BERT's erf, Algorithm 2, I-ERF: `L(x) = sgn(x)·[a(clip(|x|, max = −b) + b)² + 1]` with
/// a = −0.2888 and b = −1.769.
public struct IBertErf: Hashable, Sendable {
  static let a = -0.2888
  static let b = -1.769

  private let polynomial: IBertPolynomial
  /// The largest |q| that counts: −b / S rounded down.
  private let limit: Int64

  /// a·S²: what one unit of the result stands for. Negative, as a is.
  public var outputScale: Double { polynomial.outputScale }

  /// - Parameter scale: S of the input, in ``IBertScale/permitted``.
  /// - Throws: ``ApproximationError`` for another scale.
  public init(scale: Double) throws {
    try IBertScale.check(scale)
    self.init(checked: scale)
  }

  init(checked scale: Double) {
    polynomial = IBertPolynomial(a: Self.a, b: Self.b, c: 1, scale: scale)
    limit = Int64((-Self.b / scale).rounded(.down))
  }

  /// - Parameter q: The input in units of the scale.
  /// - Returns: L in units of ``outputScale``.
  public func callAsFunction(_ q: Int32) -> Int64 {
    let magnitude = min(Int64(q.magnitude), limit)
    return Int64(q.signum()) * polynomial(magnitude)
  }
}

/// I-BERT's GELU, Algorithm 2, I-GELU: `x · ½[1 + L(x/√2)]`, where ``IBertErf`` is L.
///
/// Its largest error is 1.8e-2 on [−4, 4] (the paper's Table 1), before any quantisation.
public struct IBertGELU: Hashable, Sendable {
  private let erf: IBertErf
  /// ⌊1 / S_erf⌋
  private let one: Int64
  /// S · S_erf / 2: what one unit of the result stands for. Negative.
  public let outputScale: Double

  /// - Parameter scale: S of the input, in ``IBertScale/permitted``.
  /// - Throws: ``ApproximationError`` for another scale.
  public init(scale: Double) throws {
    try IBertScale.check(scale)
    erf = IBertErf(checked: scale / 2.0.squareRoot())
    one = Int64((1 / erf.outputScale).rounded(.down))
    outputScale = scale * erf.outputScale / 2
  }

  /// q · (I-ERF(q) + ⌊1 / S_erf⌋)
  /// - Parameter q: The input in units of the scale.
  /// - Returns: GELU in units of ``outputScale``.
  public func callAsFunction(_ q: Int32) -> Int64 {
    Int64(q) * (erf(q) + one)
  }
}
