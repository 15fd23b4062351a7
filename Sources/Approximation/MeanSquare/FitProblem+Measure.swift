extension FitProblem {
  /// The measure as points whose weights sum to 1, as ``measure(isFine:)`` gives it, with the cells
  /// of the quadrature cut where the caller says.
  /// - Parameter edges: Strictly ascending, from the lower to the upper bound.
  func measure(cutAt edges: [Double]) -> WeightedPoints {
    let total = errorWeights.reduce(0) { $0 + $1.weight }
    let background = WeightedInterval(lower: lower, upper: upper, weight: Self.background * total)
    let points = WeightedPoints(
      of: function, on: isCalibrated ? errorWeights + [background] : errorWeights, edges: edges,
      mass: isCalibrated ? total * (1 + Self.background) : total)
    return objective.isRelative
      ? points.scaled { 1 / (magnitude(at: $0) * magnitude(at: $0)) } : points
  }
}
