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
        arithmetic = try arithmetic.changing(entry, isHeld ? .flattened : .raised)
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
