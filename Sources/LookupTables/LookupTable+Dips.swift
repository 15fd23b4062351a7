extension LookupTable {
  /// Whether a line answers below 0 at some input of the domain, where only rule 5 makes that 0: a
  /// consumer without `max(0, y)` would compute something else. False for tables that may be
  /// negative.
  ///
  /// Exact: with any rounding a line's result never moves against its slope, so that it is least at
  /// one end of what it serves.
  public var dips: Bool {
    guard isNonNegative else { return false }
    switch arithmetic {
    case .fp32(let numbers):
      return Self.dips(
        from: lowerBound, to: upperBound, breakpoints: numbers.breakpoints, before: \.nextDown,
        isNegative: { numbers.value(at: $0) < 0 })
    case .fp16(let numbers):
      return Self.dips(
        from: HalfEntries.quantized(lowerBound), to: HalfEntries.quantized(upperBound),
        breakpoints: numbers.breakpoints, before: \.nextDown,
        isNegative: { numbers.value(at: $0) < 0 })
    case .integer(let numbers):
      return Self.dips(
        from: numbers.quantizedInput(lowerBound), to: numbers.quantizedInput(upperBound),
        breakpoints: numbers.breakpoints, before: { $0 - 1 },
        isNegative: { numbers.value(at: $0) < 0 })
    }
  }

  private static func dips<Input: Comparable>(
    from lower: Input, to upper: Input, breakpoints: [Input], before: (Input) -> Input,
    isNegative: (Input) -> Bool
  ) -> Bool {
    let inner = breakpoints.filter { $0 > lower && $0 <= upper }
    return ([lower, upper] + inner + inner.map(before)).contains(where: isNegative)
  }
}
