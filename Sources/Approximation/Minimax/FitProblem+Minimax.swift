import LookupTables

/// The table of least largest error, before its number format, and how little is possible at all.
struct MinimaxSolution {
  let ideal: PiecewiseLinear
  /// The largest error over the domain on the true function, in units of the problem's tolerance.
  let error: Double
  let bound: ProvenBound
}

extension FitProblem {
  /// The table of so many entries whose largest error is least, under the problem's constraints.
  ///
  /// - Parameters:
  ///   - entries: In `2...256`.
  ///   - progress: Called with the fraction done; what it throws ends the search.
  /// - Throws: ``ApproximationError`` when so few lines cannot pass through all anchors.
  func minimax(
    entries: Int, continuity: Continuity, progress: (Double) throws -> Void
  ) throws -> MinimaxSolution {
    let search = try MinimaxSearch(
      self, entries: entries, continuity: continuity, progress: progress)
    let ideal = try search.ideal()
    try progress(0.95)
    return MinimaxSolution(
      ideal: ideal, error: search.largestError(of: ideal), bound: search.bound())
  }

  /// The proven bound of ``minimax(entries:continuity:progress:)`` alone.
  func minimaxBound(entries: Int, continuity: Continuity) throws -> ProvenBound {
    try MinimaxSearch(self, entries: entries, continuity: continuity).bound()
  }
}

extension MinimaxSearch {
  /// Triples where they show all there is to show, else the positions that stop every path.
  func bound() -> ProvenBound {
    let error = threshold.impossible
    let none = ProvenBound(value: 0, witness: .alternations([]))
    guard error > 0 else { return none }
    var walk = TubeWalk(tube: tube, continuity: .discontinuous)
    var best = none
    // Just below the optimum a walk gets stuck in its last cell: a rounding error less is safe.
    for share in [1, 1 - 1e-9, 1 - 1e-7, 1 - 1e-5, 1 - 1e-4] {
      walk.run(error: error * share, limit: freeLines)
      guard walk.isStuck else { continue }
      let bound = MinimaxWitness(walk, of: problem).alternations()
      if bound.value > best.value { best = bound }
      if best.value > 0.9999 * error { return best }
    }
    guard continuity == .continuous else { return best }
    let positions = pathPositions()
    let value = problem.pathBound(entries: entries, positions: positions)
    return value > best.value
      ? ProvenBound(value: value, witness: .tube(positions)) : best
  }

  /// The few positions that stop every path of so many links just below the optimum.
  func pathPositions() -> [Double] {
    var walk = TubeWalk(tube: tube, continuity: .continuous)
    walk.run(error: threshold.impossible, limit: freeLines)
    return MinimaxWitness(walk, of: problem).positions()
  }

  /// The largest error of lines over the domain, on the true function: at samples, at both ends of
  /// every piece and at the peaks between.
  func largestError(of ideal: PiecewiseLinear) -> Double {
    var largest = 0.0
    var index = 0
    for entry in 0..<ideal.entries {
      let start = entry == 0 ? problem.lower : max(ideal.breakpoints[entry - 1], problem.lower)
      let isLast = entry + 1 == ideal.entries || ideal.breakpoints[entry] > problem.upper
      let end = isLast ? problem.upper : ideal.breakpoints[entry]
      guard start < end || (isLast && start == end) else { continue }
      func error(_ x: Double) -> Double {
        let line = problem.floored(ideal.slopes[entry] * x + ideal.intercepts[entry])
        return (line - problem.function(x)) / problem.tolerance(at: x)
      }
      largest = max(largest, error(start).magnitude, error(isLast ? end : end.nextDown).magnitude)
      while index < tube.count, tube.x[index] < start { index += 1 }
      var points: [(x: Double, error: Double)] = []
      while index < tube.count, tube.x[index] < end || (isLast && tube.x[index] == end) {
        let line = problem.floored(ideal.slopes[entry] * tube.x[index] + ideal.intercepts[entry])
        points.append((tube.x[index], (line - tube.f[index]) / tube.t[index]))
        index += 1
      }
      for middle in points.indices {
        largest = max(largest, points[middle].error.magnitude)
        guard middle > 0, middle + 1 < points.count, points[middle].error.magnitude > 0.9 * largest
        else { continue }
        let peak = Self.peak(points[middle - 1], points[middle], points[middle + 1])
        if let peak { largest = max(largest, error(peak).magnitude) }
      }
    }
    return largest
  }

  /// Where the parabola through three points peaks; nil when the middle one is no peak.
  private static func peak(
    _ a: (x: Double, error: Double), _ b: (x: Double, error: Double),
    _ c: (x: Double, error: Double)
  ) -> Double? {
    guard b.error.magnitude >= a.error.magnitude, b.error.magnitude >= c.error.magnitude else {
      return nil
    }
    let left = (b.error - a.error) / (b.x - a.x)
    let right = (c.error - b.error) / (c.x - b.x)
    guard left != right else { return nil }
    // The slope is `left` in the middle of a and b, `right` in the middle of b and c.
    let position =
      0.5 * (a.x + b.x) + 0.5 * (c.x - a.x) * (left / (left - right))
    return position > a.x && position < c.x ? position : nil
  }
}
