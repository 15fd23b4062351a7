import LookupTables

extension FitProblem {
  /// The continuous piecewise-linear function of least largest error that the recipe finds: the
  /// networks through the least squares under the tolerance and through the exact optimum, each
  /// trained further on the p-norm of the largest errors.
  func continuousMaximum(
    entries: Int, notes: inout [String: String], progress: (Double) throws -> Void
  ) throws -> PiecewiseLinear {
    let grid = grid(isFine: entries > 32)
    let measure = evenMeasure(edges: grid.edges)
    let density = KnotDensity(function: function, points: measure, edges: grid.edges)
    let places = (measure.positions + toleranceSteps + function.kinks(inside: lower...upper))
      .sorted()
    let samples = ExtremePoints.Samples(
      x: places, f: places.map { function($0) },
      inverseTolerance: places.map { 1 / tolerance(at: $0) })
    let exact = try minimax(
      entries: entries, continuity: .continuous, progress: { try progress(0.3 * $0) })
    let exactKnots = exact.ideal.breakpoints.filter { $0 > lower && $0 < upper }

    func search(_ pieces: Int, identity: Bool) throws -> MaximumPolish.State {
      let squares = KnotLeastSquares(
        function: function, lower: lower, upper: upper, points: measure,
        constraints: .init(anchors: anchors, endsOnIdentity: identity))
      var knots = KnotSearch(problem: squares, density: density)
      try knots.run(pieces: pieces, withProgramme: pieces <= 32, progress: { _ in })
      let polish = MaximumPolish(problem: self, samples: samples, endsOnIdentity: identity)
      var best = polish.polished(nodes: knots.best.nodes, values: knots.best.values)
      if let nodes = nodes(through: exactKnots, pieces: pieces) {
        let other = polish.polished(nodes: nodes, values: nodes.map { exact.ideal($0) })
        if other.largest < best.largest { best = other }
      }
      return best
    }
    notes["starts"] = "least squares under the tolerance, the exact optimum"
    notes["training"] = "p-norm of the largest errors, p to 2048"
    guard endsOnIdentity else {
      let found = try search(entries, identity: false)
      try progress(1)
      return try PiecewiseLinear(nodes: found.nodes, values: found.values, anchors: anchors)
    }
    let inside = try search(entries, identity: true)
    try progress(0.7)
    let beyond = try search(entries - 1, identity: false)
    try progress(1)
    let isInside = inside.largest <= beyond.largest
    notes["right line"] = isInside ? "joins inside the domain" : "begins at the upper bound"
    let found = isInside ? inside : beyond
    return try PiecewiseLinear(
      nodes: found.nodes, values: found.values, identity: isInside ? .lastPiece : lineBeyond,
      anchors: anchors)
  }

  /// The bounds and the distinct knots; where there are too few, the widest gaps are halved.
  /// - Returns: nil when there are too many.
  private func nodes(through knots: [Double], pieces: Int) -> [Double]? {
    var nodes = [lower]
    for knot in knots + [upper] where knot > nodes[nodes.count - 1] { nodes.append(knot) }
    guard nodes.count <= pieces + 1 else { return nil }
    while nodes.count <= pieces {
      let gaps = zip(nodes, nodes.dropFirst()).map { $1 - $0 }
      guard let widest = gaps.indices.max(by: { gaps[$0] < gaps[$1] }) else { return nil }
      let middle = 0.5 * (nodes[widest] + nodes[widest + 1])
      guard middle > nodes[widest], middle < nodes[widest + 1] else { return nil }
      nodes.insert(middle, at: widest + 1)
    }
    return nodes
  }

  /// Points all over the domain, weighted by 1/t².
  private func evenMeasure(edges: [Double]) -> WeightedPoints {
    let whole = WeightedInterval(lower: lower, upper: upper, weight: 1)
    return WeightedPoints(
      of: function, on: [whole], edges: (edges + toleranceSteps).sorted(), mass: 1
    ).scaled { 1 / (tolerance(at: $0) * tolerance(at: $0)) }
  }
}
