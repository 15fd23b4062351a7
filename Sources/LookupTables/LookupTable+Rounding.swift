extension LookupTable {
  /// Rounds an ideal function into a number format.
  ///
  /// fp32 rounds each number to nearest even. int32 chooses fx, s, r and fy so that inputs, slopes,
  /// intercepts and results each use as much of their 32 bits as domain and values allow; see
  /// ``IntegerFormatChoice``.
  ///
  /// - Parameters:
  ///   - ideal: The function in real numbers; with a scaling, the function of the reduced input.
  ///   - lowerBound: Of the domain; with scaling `exponent` that of m.
  ///   - upperBound: Of the domain; must stay above the lower bound when both round to float32.
  ///   - scaledFunction: What is scaled back; required when `scaling` is not `none`.
  ///   - isNonNegative: Whether the result is `max(0, y)`.
  /// - Throws: ``TableError`` when the domain is empty or not finite, or a number does not fit.
  public init(
    rounding ideal: PiecewiseLinear, lowerBound: Double, upperBound: Double, left: Tail,
    right: Tail, format: NumberFormat, scaling: InputScaling = .none,
    scaledFunction: ScaledFunction? = nil, isNonNegative: Bool
  ) throws {
    let lower = Float(lowerBound)
    let upper = Float(upperBound)
    guard lower.isFinite, upper.isFinite, lower < upper else {
      throw TableError.domain(lower: lowerBound, upper: upperBound)
    }
    let arithmetic: TableArithmetic =
      switch format {
      case .fp32:
        .fp32(
          try FloatEntries(
            breakpoints: ideal.breakpoints.map(Float.init), slopes: ideal.slopes.map(Float.init),
            intercepts: ideal.intercepts.map(Float.init)))
      case .int32:
        .int32(
          try IntegerFormatChoice(
            of: ideal, lower: Double(lower), upper: Double(upper), left: left, right: right,
            isNonNegative: isNonNegative
          ).entries(rounding: ideal))
      }
    try self.init(
      arithmetic: arithmetic, lowerBound: lower, upperBound: upper, left: left, right: right,
      scaling: scaling, scaledFunction: scaledFunction, isNonNegative: isNonNegative)
  }
}
