extension LookupTable {
  /// Rounds an ideal function into a number format.
  ///
  /// fp32 and fp16 round each number to nearest even. The formats of integers choose scales and
  /// shifts so that inputs, slopes, intercepts and results each use as much of their bits as domain
  /// and values allow; see ``IntegerFormatChoice`` and ``IntegerReach``.
  ///
  /// - Parameters:
  ///   - ideal: The function in real numbers; with a scaling, the function of the reduced input.
  ///   - lowerBound: Of the domain; with scaling `exponent` that of m.
  ///   - upperBound: Of the domain; must stay above the lower bound when both round to float32.
  ///   - scaledFunction: What is scaled back; required when `scaling` is not `none`.
  ///   - isNonNegative: Whether the result is `max(0, y)`.
  ///   - scales: How a format of integers chooses its two scales; the others have none.
  ///   - givenScales: The scales to use instead of chosen ones.
  /// - Throws: ``TableError`` when the domain is empty or not finite, or a number does not fit.
  public init(
    rounding ideal: PiecewiseLinear, lowerBound: Double, upperBound: Double, left: Tail,
    right: Tail, format: NumberFormat, scaling: InputScaling = .none,
    scaledFunction: ScaledFunction? = nil, isNonNegative: Bool,
    scales: IntegerScales = .powerOfTwo,
    givenScales: (input: IntegerScale, output: IntegerScale)? = nil
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
      case .fp16: .fp16(try HalfEntries(rounding: ideal))
      case .int32, .int16, .int8:
        .integer(
          try Self.integers(
            rounding: ideal, format: format, scales: scales, given: givenScales,
            reach: IntegerReach(
              lower: Double(lower), upper: Double(upper), left: left, right: right,
              isNonNegative: isNonNegative, format: format)))
      }
    try self.init(
      arithmetic: arithmetic, lowerBound: lower, upperBound: upper, left: left, right: right,
      scaling: scaling, scaledFunction: scaledFunction, isNonNegative: isNonNegative)
  }
  private static func integers(
    rounding ideal: PiecewiseLinear, format: NumberFormat, scales: IntegerScales,
    given: (input: IntegerScale, output: IntegerScale)?, reach: IntegerReach
  ) throws -> IntegerEntries {
    if given == nil, scales == .powerOfTwo {
      return try IntegerFormatChoice(of: ideal, reach: reach, format: format)
        .entries(rounding: ideal)
    }
    let (input, output) = try given ?? reach.freeScales(of: ideal)
    return try IntegerEntries(rounding: ideal, format: format, input: input, output: output)
  }
}
