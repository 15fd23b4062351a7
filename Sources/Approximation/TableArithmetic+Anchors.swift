import LookupTables

extension TableArithmetic {
  /// The same numbers with the line that serves 0 passing exactly through the anchor at 0, where
  /// there is one: a breakpoint near 0 can round to 0 and hand it to another line.
  ///
  /// An int8 table whose result at 0 is the anchor's stays as it is: its lines are chosen by their
  /// rounded results, and moving one by less than a unit changes them elsewhere.
  ///
  /// - Throws: `TableError` when the anchor's value does not fit the format.
  func holding(_ anchors: [Anchor]) throws -> TableArithmetic {
    guard let value = anchors.first(where: { $0.x == 0 })?.y else { return self }
    let entry = realBreakpoints.firstIndex(above: 0)
    switch self {
    case .fp32(let numbers):
      var intercepts = numbers.intercepts
      intercepts[entry] = Float(value)
      return .fp32(
        try FloatEntries(
          breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: intercepts))
    case .fp16(let numbers):
      var intercepts = numbers.intercepts
      intercepts[entry] = Float16(value)
      return .fp16(
        try HalfEntries(
          breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: intercepts))
    case .integer(let numbers):
      if numbers.format == .int8, numbers.value(at: 0) == numbers.quantizedOutput(Float(value)) {
        return self
      }
      var intercepts = numbers.intercepts
      let unit =
        Double(numbers.output.step)
        * powerOfTwo(numbers.interceptShift - numbers.resultShift)
      let units = (value / unit).rounded(.toNearestOrEven)
      let integers = numbers.format.integers
      intercepts[entry] = Int32(
        min(max(units, Double(integers.lowerBound)), Double(integers.upperBound)))
      return .integer(
        try IntegerEntries(
          format: numbers.format, breakpoints: numbers.breakpoints, slopes: numbers.slopes,
          intercepts: intercepts, input: numbers.input, interceptShift: numbers.interceptShift,
          resultShift: numbers.resultShift, output: numbers.output))
    }
  }
}
