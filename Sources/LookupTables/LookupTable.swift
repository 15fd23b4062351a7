/// A piecewise-linear look-up table: every number and every rule that decides its result, bit for
/// bit (docs/tables.md). Immutable and always valid.
///
/// The result for an input x, in this order:
/// 1. NaN gives the canonical NaN, 0x7FC00000. −0 counts as +0.
/// 2. ``scaling`` reduces x to u.
/// 3. Outside the domain the tails decide: clamp u, go on, or select a constant.
/// 4. Entry i serves breakpoint[i−1] <= u < breakpoint[i] and computes slope·u + intercept in the
///    table's arithmetic.
/// 5. If ``isNonNegative``, a negative result becomes 0.
/// 6. The result is scaled back: one multiplication by a power of two.
public struct LookupTable: Hashable, Sendable {
  /// The stored numbers.
  public let arithmetic: TableArithmetic
  /// The domain's lower bound; finite, less than the upper bound. Belongs to the domain.
  public let lowerBound: Float
  /// The domain's upper bound; finite. Belongs to the domain.
  public let upperBound: Float
  /// The rule below the domain.
  public let left: Tail
  /// The rule above the domain.
  public let right: Tail
  /// Range reduction around the table.
  public let scaling: InputScaling
  /// What is scaled back; nil exactly when ``scaling`` is `none`.
  public let scaledFunction: ScaledFunction?
  /// Whether the result is `max(0, y)`.
  public let isNonNegative: Bool

  /// N, in `2...256`; the outer lines count too.
  public var entries: Int { arithmetic.entries }
  public var format: NumberFormat { arithmetic.format }

  /// A table of numbers that already stand in their format.
  ///
  /// - Throws: ``TableError`` when the domain is empty or not finite, a constant is not finite or
  ///   does not fit the output, or the scaling and the scaled function do not go together.
  public init(
    arithmetic: TableArithmetic, lowerBound: Float, upperBound: Float, left: Tail, right: Tail,
    scaling: InputScaling = .none, scaledFunction: ScaledFunction? = nil, isNonNegative: Bool
  ) throws {
    guard lowerBound.isFinite, upperBound.isFinite, lowerBound < upperBound else {
      throw TableError.domain(lower: Double(lowerBound), upper: Double(upperBound))
    }
    for tail in [left, right] {
      try Self.checkConstant(of: tail, in: arithmetic)
    }
    switch (scaling, scaledFunction) {
    case (.none, nil), (.paper, .rsqrt), (.exponent, .reciprocal), (.exponent, .rsqrt): break
    case (.none, _):
      throw TableError.doesNotFit("a table with scaling none takes no scaled function")
    case (.paper, _):
      throw TableError.doesNotFit("scaling paper is for rsqrt only; use none or exponent")
    case (.exponent, nil):
      throw TableError.doesNotFit("scaling exponent needs its function: reciprocal or rsqrt")
    }
    self.arithmetic = arithmetic
    self.lowerBound = lowerBound.positiveZero
    self.upperBound = upperBound.positiveZero
    self.left = left.positiveZero
    self.right = right.positiveZero
    self.scaling = scaling
    self.scaledFunction = scaledFunction
    self.isNonNegative = isNonNegative
  }

  private static func checkConstant(of tail: Tail, in arithmetic: TableArithmetic) throws {
    guard case .constant(let value) = tail else { return }
    guard value.isFinite else { throw TableError.notFinite }
    switch arithmetic {
    case .fp32: break
    case .fp16:
      guard Float16(value).isFinite else {
        throw TableError.doesNotFit(
          "the constant tail \(value) does not fit fp16, which ends at ±65504; use fp32")
      }
    case .integer(let numbers):
      let integers = numbers.format.integers
      let units = (value / numbers.output.step).rounded(.toNearestOrEven)
      guard units >= Float(integers.lowerBound), units <= Float(integers.upperBound) else {
        throw TableError.doesNotFit(
          "the constant tail \(value) does not fit an \(numbers.format.rawValue) output with the "
            + "step \(numbers.output.step); use a larger one")
      }
    }
  }
}

extension Tail {
  var positiveZero: Tail {
    if case .constant(let value) = self { .constant(value.positiveZero) } else { self }
  }
}
