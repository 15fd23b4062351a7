extension LookupTable {
  /// Whether a line answers below 0 at some input of the domain, where only rule 5 makes that 0: a
  /// consumer without `max(0, y)` would compute something else. False for tables that may be
  /// negative.
  public var dips: Bool { !dippingEntries.isEmpty }

  /// The entries whose lines do, ascending.
  ///
  /// Exact: with any rounding a line's result never moves against its slope, so that it is least at
  /// one end of what it serves.
  public var dippingEntries: [Int] {
    guard isNonNegative else { return [] }
    switch arithmetic {
    case .fp32(let numbers):
      return Self.dippingEntries(
        from: lowerBound, to: upperBound, breakpoints: numbers.breakpoints, before: \.nextDown,
        isNegative: { numbers.value(at: $0) < 0 })
    case .fp16(let numbers):
      return Self.dippingEntries(
        from: HalfEntries.quantized(lowerBound), to: HalfEntries.quantized(upperBound),
        breakpoints: numbers.breakpoints, before: \.nextDown,
        isNegative: { numbers.value(at: $0) < 0 })
    case .integer(let numbers):
      return Self.dippingEntries(
        from: numbers.quantizedInput(lowerBound), to: numbers.quantizedInput(upperBound),
        breakpoints: numbers.breakpoints, before: { $0 - 1 },
        isNegative: { numbers.value(at: $0) < 0 })
    }
  }

  private static func dippingEntries<Input: Comparable>(
    from lower: Input, to upper: Input, breakpoints: [Input], before: (Input) -> Input,
    isNegative: (Input) -> Bool
  ) -> [Int] {
    (0...breakpoints.count).filter { entry in
      let start = entry == 0 ? lower : max(lower, breakpoints[entry - 1])
      let isLast = entry == breakpoints.count || breakpoints[entry] > upper
      // Below its end, if it has one inside the domain; the check comes before the subtraction.
      guard isLast || breakpoints[entry] > lower else { return false }
      let end = isLast ? upper : before(breakpoints[entry])
      return start <= end && (isNegative(start) || isNegative(end))
    }
  }
}
