import LookupTables

extension FitProblem {
  /// The same numbers with every line that answers below 0 inside the domain lifted until none does,
  /// where the problem forbids it: by its intercept, or by a flatter slope where an anchor at 0 holds
  /// the intercept.
  ///
  /// - Throws: ``ApproximationError`` when a line cannot be lifted in the format.
  func lifted(_ arithmetic: TableArithmetic) throws -> TableArithmetic {
    guard floorRule == .avoided else { return arithmetic }
    var arithmetic = arithmetic
    for _ in 0..<Self.liftLimit {
      let low = try table(of: arithmetic).dippingEntries
      guard !low.isEmpty else { return arithmetic }
      for entry in low {
        let isHeld =
          anchors.contains { $0.x == 0 } && arithmetic.realBreakpoints.firstIndex(above: 0) == entry
        arithmetic = try isHeld ? arithmetic.flattened(entry) : arithmetic.raised(entry)
      }
    }
    throw ApproximationError.invalid(
      parameter: "floor", value: FloorPolicy.avoid.rawValue,
      permitted:
        "a line of this \(format.rawValue) table dips below 0 all the same; use more entries "
        + "or another format")
  }

  private static let liftLimit = 4096

  private func table(of arithmetic: TableArithmetic) throws -> LookupTable {
    try LookupTable(
      arithmetic: arithmetic, lowerBound: Float(lower), upperBound: Float(upper), left: tails.left,
      right: tails.right, isNonNegative: function.isNonNegative)
  }
}

extension TableArithmetic {
  /// The entry's intercept one number higher.
  fileprivate func raised(_ entry: Int) throws -> TableArithmetic {
    switch self {
    case .fp32(let numbers):
      var intercepts = numbers.intercepts
      intercepts[entry] = intercepts[entry].nextUp
      return .fp32(
        try FloatEntries(
          breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: intercepts))
    case .fp16(let numbers):
      var intercepts = numbers.intercepts
      intercepts[entry] = intercepts[entry].nextUp
      return .fp16(
        try HalfEntries(
          breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: intercepts))
    case .integer(let numbers):
      var intercepts = numbers.intercepts
      intercepts[entry] = min(intercepts[entry] + 1, numbers.format.integers.upperBound)
      return try numbers.with(slopes: numbers.slopes, intercepts: intercepts)
    }
  }

  /// The entry's slope one number nearer to 0.
  fileprivate func flattened(_ entry: Int) throws -> TableArithmetic {
    switch self {
    case .fp32(let numbers):
      var slopes = numbers.slopes
      slopes[entry] = slopes[entry] > 0 ? slopes[entry].nextDown : slopes[entry].nextUp
      return .fp32(
        try FloatEntries(
          breakpoints: numbers.breakpoints, slopes: slopes, intercepts: numbers.intercepts))
    case .fp16(let numbers):
      var slopes = numbers.slopes
      slopes[entry] = slopes[entry] > 0 ? slopes[entry].nextDown : slopes[entry].nextUp
      return .fp16(
        try HalfEntries(
          breakpoints: numbers.breakpoints, slopes: slopes, intercepts: numbers.intercepts))
    case .integer(let numbers):
      var slopes = numbers.slopes
      slopes[entry] -= slopes[entry].signum()
      return try numbers.with(slopes: slopes, intercepts: numbers.intercepts)
    }
  }
}

extension IntegerEntries {
  fileprivate func with(slopes: [Int32], intercepts: [Int32]) throws -> TableArithmetic {
    .integer(
      try IntegerEntries(
        format: format, breakpoints: breakpoints, slopes: slopes, intercepts: intercepts,
        input: input, interceptShift: interceptShift, resultShift: resultShift, output: output))
  }
}
