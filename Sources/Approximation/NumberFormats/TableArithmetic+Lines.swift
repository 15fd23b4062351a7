import LookupTables

/// A change of one line's stored numbers.
enum LineChange {
  /// The intercept becomes the format's number nearest to this one.
  case intercept(Double)
  /// The intercept becomes the next higher number.
  case raised
  /// The slope becomes the next number nearer to 0.
  case flattened

  fileprivate func apply<Number: BinaryFloatingPoint>(
    slope: inout Number, intercept: inout Number
  ) {
    switch self {
    case .intercept(let value): intercept = Number(value)
    case .raised: intercept = intercept.nextUp
    case .flattened: slope = slope > 0 ? slope.nextDown : slope.nextUp
    }
  }

  /// - Parameter unit: Of the intercept, in the output's unit.
  fileprivate func apply(
    slope: inout Int32, intercept: inout Int32, unit: Double, in integers: ClosedRange<Int32>
  ) {
    switch self {
    case .intercept(let value):
      let units = (value / unit).rounded(.toNearestOrEven)
      intercept = Int32(
        min(max(units, Double(integers.lowerBound)), Double(integers.upperBound)))
    case .raised: if intercept < integers.upperBound { intercept += 1 }
    case .flattened: slope -= slope.signum()
    }
  }
}

extension TableArithmetic {
  /// The same numbers with one line changed.
  ///
  /// - Parameter entry: In `0..<entries`.
  /// - Throws: `TableError` when the change leaves the format.
  func changing(_ entry: Int, _ change: LineChange) throws -> TableArithmetic {
    switch self {
    case .fp32(let numbers):
      var (slopes, intercepts) = (numbers.slopes, numbers.intercepts)
      change.apply(slope: &slopes[entry], intercept: &intercepts[entry])
      return .fp32(
        try FloatEntries(
          breakpoints: numbers.breakpoints, slopes: slopes, intercepts: intercepts))
    case .fp16(let numbers):
      var (slopes, intercepts) = (numbers.slopes, numbers.intercepts)
      change.apply(slope: &slopes[entry], intercept: &intercepts[entry])
      return .fp16(
        try HalfEntries(
          breakpoints: numbers.breakpoints, slopes: slopes, intercepts: intercepts))
    case .integer(let numbers):
      var (slopes, intercepts) = (numbers.slopes, numbers.intercepts)
      let unit =
        Double(numbers.output.step) * powerOfTwo(numbers.interceptShift - numbers.resultShift)
      change.apply(
        slope: &slopes[entry], intercept: &intercepts[entry], unit: unit,
        in: numbers.format.integers)
      return .integer(
        try IntegerEntries(
          format: numbers.format, breakpoints: numbers.breakpoints, slopes: slopes,
          intercepts: intercepts, input: numbers.input, interceptShift: numbers.interceptShift,
          resultShift: numbers.resultShift, output: numbers.output))
    }
  }

  /// The same numbers with the line that serves 0 passing exactly through the anchor at 0, where
  /// there is one: a breakpoint near 0 can round to 0 and hand it to another line.
  ///
  /// An int8 table whose result at 0 is the anchor's stays as it is: its lines are chosen by their
  /// rounded results, and moving one by less than a unit changes them elsewhere.
  ///
  /// - Throws: `TableError` when the anchor's value does not fit the format.
  func holding(_ anchors: [Anchor]) throws -> TableArithmetic {
    guard let value = anchors.first(where: { $0.x == 0 })?.y else { return self }
    if case .integer(let numbers) = self, numbers.format == .int8,
      numbers.value(at: 0) == numbers.quantizedOutput(Float(value))
    {
      return self
    }
    return try changing(realBreakpoints.firstIndex(above: 0), .intercept(value))
  }
}
