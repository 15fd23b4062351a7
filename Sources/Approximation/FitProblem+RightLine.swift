import LookupTables

extension FitProblem {
  /// Up to so many entries it is asked whether the right line y = x pays.
  private static let smallTable = 16
  /// How many times the least mean square without the line it may cost.
  private static let permittedCost = 1.5
  /// Slopes with which a last line may go on beyond the domain in place of y = x.
  private static let saneSlopes = 0.8...1.25

  /// Whether a small table should keep its last line for the domain instead of spending it on y = x.
  ///
  /// Of four entries the line takes one and the knot before it: calibrated to what MiniLM's sites
  /// receive, gelu's error grows so much that the model loses 0.04 of STS-B. Then the last line,
  /// whose slope must be near 1, goes on instead: what lies beyond the domain is off by a few per
  /// cent, and nothing blows up.
  ///
  /// - Parameter entries: N.
  func wouldRatherFitThanEndOnIdentity(entries: Int) -> Bool {
    guard endsOnIdentity, entries <= Self.smallTable, !isNarrow,
      (function(upper) - upper).magnitude <= 0.05 * upper
    else { return false }
    let free = withFreeRightLine()
    guard let constrained = try? leastSquares(entries: entries, progress: { _ in }),
      let best = try? free.leastSquares(entries: entries, progress: { _ in }),
      let slope = best.ideal.slopes.last
    else { return false }
    return constrained.error > Self.permittedCost * best.error && Self.saneSlopes.contains(slope)
  }
}
