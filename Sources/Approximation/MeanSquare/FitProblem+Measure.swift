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

  /// The one measure of mean squares, which fits, errors and bounds share: the weights inside the
  /// domain, those of scaled inputs times the square of the factor that scales results back, and a
  /// millionth of their sum evenly on all the domain, divided by the inputs' mass and that millionth of
  /// it. Without weights, 1 evenly on the domain. For relative objectives each point's weight is
  /// divided by the square of the magnitude that errors are relative to.
  ///
  /// - Parameters:
  ///   - edges: Where the cells of the quadrature are cut; strictly ascending, from the lower to the
  ///     upper bound.
  ///   - rule: The points in each of its cells.
  func measure(cutAt edges: [Double], rule: GaussRule = .two) -> WeightedPoints {
    let points = plainMeasure(cutAt: edges, rule: rule)
    return objective.isRelative
      ? points.scaled { 1 / (magnitude(at: $0) * magnitude(at: $0)) } : points
  }

  /// The same without regard to the objective.
  func plainMeasure(cutAt edges: [Double], rule: GaussRule = .two) -> WeightedPoints {
    guard isCalibrated else {
      return WeightedPoints(of: function, on: errorWeights, edges: edges, mass: mass, rule: rule)
    }
    let total = errorWeights.reduce(0) { $0 + $1.weight }
    let background = [
      WeightedInterval(lower: lower, upper: upper, weight: Self.background * total)
    ].asMet(by: format, in: lower...upper)
    return WeightedPoints(
      of: function, on: errorWeights + background, edges: edges,
      mass: mass * (1 + Self.background), rule: rule)
  }
}
