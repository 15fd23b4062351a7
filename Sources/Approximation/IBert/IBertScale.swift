// I-BERT (Kim, Gholami, Yao, Mahoney, Keutzer: "I-BERT: Integer-only BERT Quantization", ICML 2021,
// arXiv 2101.01321), as published: the rival that needs no table. Every function takes an integer q
// that stands for q · S and gives an integer that stands for its multiple of another scale. The
// scales are real numbers known beforehand; the arithmetic on q is integers only. Intermediate
// results have 64 bits, where the authors' simulation has floating-point numbers.

/// The scales S with which I-BERT's functions work.
public enum IBertScale {
  /// 2^−14 to 1/2. Below, a product could overflow 64 bits; above, ln 2 is no longer a positive
  /// integer.
  public static let permitted: ClosedRange<Double> = 0x1p-14...0.5

  /// - Throws: ``ApproximationError`` when S is not in ``permitted``.
  static func check(_ scale: Double) throws {
    guard permitted.contains(scale) else {
      throw ApproximationError.invalid(
        parameter: "scale", value: "\(scale)",
        permitted: "I-BERT's functions take 2^-14 to 0.5")
    }
  }
}

/// Algorithm 1, I-POLY: a(x + b)² + c for x = q · S.
struct IBertPolynomial: Hashable, Sendable {
  /// q_b = ⌊b / S⌋
  let shift: Int64
  /// q_c = ⌊c / (a·S²)⌋
  let constant: Int64
  /// a·S²: what one unit of the result stands for. Has the sign of a.
  let outputScale: Double

  /// - Parameter scale: S, above 0.
  init(a: Double, b: Double, c: Double, scale: Double) {
    outputScale = a * scale * scale
    shift = Int64((b / scale).rounded(.down))
    constant = Int64((c / outputScale).rounded(.down))
  }

  /// (q + q_b)² + q_c
  /// - Parameter q: Of at most 31 bits.
  func callAsFunction(_ q: Int64) -> Int64 {
    (q + shift) * (q + shift) + constant
  }
}
