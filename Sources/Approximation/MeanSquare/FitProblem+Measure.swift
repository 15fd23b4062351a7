extension FitProblem {
  /// Where the measure of a table of so many entries is cut for quadrature: the grid, joined with
  /// parts of equal mass under the law of the best knots, many for each entry.
  func quadratureEdges(entries: Int) -> [Double] {
    let grid = grid(isFine: entries > 32).edges
    let density = knotDensity
    return Self.joined(grid, density.quantiles(parts: max(1024, 32 * entries)))
  }

  /// The law of the best knots, on the coarse grid.
  var knotDensity: KnotDensity {
    let edges = grid(isFine: false).edges
    return KnotDensity(function: function, points: measure(cutAt: edges), edges: edges)
  }

  /// Both as one, ascending and distinct.
  static func joined(_ first: [Double], _ second: [Double]) -> [Double] {
    var joined: [Double] = []
    joined.reserveCapacity(first.count + second.count)
    var index = 0
    func append(_ edge: Double) {
      if joined.last.map({ $0 < edge }) ?? true { joined.append(edge) }
    }
    for edge in first {
      while index < second.count, second[index] < edge {
        append(second[index])
        index += 1
      }
      append(edge)
    }
    second[index...].forEach(append)
    return joined
  }

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
