import LookupTables

extension FitProblem {
  /// The table of least error in the objective's terms, before its number format.
  ///
  /// A largest error is met exactly, continuous or not, and so is the mean square of tables whose
  /// lines need not meet. Where they must, the best knots are searched from the exact cuts of those;
  /// the certificate then says how far at most the optimum is.
  func optimal(
    entries: Int, continuity: Continuity, notes: inout [String: String],
    progress: (Double) throws -> Void
  ) throws -> PiecewiseLinear {
    notes["approximator"] = "optimal"
    notes["continuity"] = continuity.rawValue
    if isNarrow {
      notes["domain"] = Self.narrowNote
      return try singleLine(entries: entries)
    }
    if objective.isMaximum {
      return try minimax(entries: entries, continuity: continuity, progress: progress).ideal
        .holding(anchors)
    }
    if continuity == .discontinuous {
      return try leastSquares(entries: entries, progress: progress).ideal.holding(anchors)
    }
    return try continuousLeastSquares(entries: entries, notes: &notes, progress: progress)
  }
}
