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

    // No step of the training keeps lines above 0: the exact optimum is.
    if floorRule == .avoided { return try exact.ideal.holding(anchors) }
    let zeros = dippingRoots(of: exact.ideal)

    func search(_ pieces: Int, identity: Bool) throws
      -> (state: MaximumPolish.State, zeroEnds: ZeroEnds)
    {
      let zeroEnds = ZeroEnds(left: zeros.left != nil, right: !identity && zeros.right != nil)
      let roots = [zeroEnds.left ? zeros.left : nil, zeroEnds.right ? zeros.right : nil]
      var polish = MaximumPolish(
        problem: self, samples: samples, endsOnIdentity: identity, zeroEnds: zeroEnds)
      var best = MaximumPolish.State(nodes: [], values: [], largest: .infinity)
      if let nodes = nodes(
        through: (exactKnots + roots.compactMap { $0 }).sorted(), pieces: pieces + zeroEnds.count)
      {
        best = polish.polished(nodes: nodes, values: nodes.map { floored(exact.ideal($0)) })
      }
      let squares = KnotLeastSquares(
        function: function, lower: lower, upper: upper, points: measure,
        constraints: .init(anchors: anchors, endsOnIdentity: identity))
      var knots = KnotSearch(problem: squares, density: density)
      try knots.run(pieces: pieces, withProgramme: pieces <= 32, progress: { _ in })
      polish.zeroEnds = .init()
      let other = polish.polished(nodes: knots.best.nodes, values: knots.best.values)
      return other.largest < best.largest ? (other, .init()) : (best, zeroEnds)
    }
    notes["starts"] = "least squares under the tolerance, the exact optimum"
    notes["training"] = "p-norm of the largest errors, p to 2048"
    func lines(
      _ found: (state: MaximumPolish.State, zeroEnds: ZeroEnds),
      identity: PiecewiseLinear.IdentityLine = .none
    ) throws -> PiecewiseLinear {
      if found.zeroEnds.count > 0 {
        notes["floor"] = "an outer line dips below 0, where results become 0"
      }
      return try PiecewiseLinear(
        nodes: found.zeroEnds.trimmed(found.state.nodes),
        values: found.zeroEnds.trimmed(found.state.values), identity: identity, anchors: anchors)
    }
    guard endsOnIdentity else {
      let found = try search(entries, identity: false)
      try progress(1)
      return try lines(found)
    }
    let inside = try search(entries, identity: true)
    try progress(0.7)
    let beyond = try search(entries - 1, identity: false)
    try progress(1)
    let isInside = inside.state.largest <= beyond.state.largest
    notes["right line"] = isInside ? "joins inside the domain" : "begins at the upper bound"
    return try lines(
      isInside ? inside : beyond, identity: isInside ? .lastPiece : lineBeyond)
  }

  /// Where the outer lines dip below 0, towards an end of the domain; nil where they do not.
  private func dippingRoots(of lines: PiecewiseLinear) -> (left: Double?, right: Double?) {
    guard floorRule == .zero else { return (nil, nil) }
    func root(_ entry: Int) -> Double { -lines.intercepts[entry] / lines.slopes[entry] }
    let first = lines.breakpoints.firstIndex(above: lower)
    let last = lines.breakpoints.firstIndex(above: upper.nextDown)
    let end = first < lines.breakpoints.count ? min(lines.breakpoints[first], upper) : upper
    let start = last > 0 ? max(lines.breakpoints[last - 1], lower) : lower
    let left = root(first)
    let right = root(last)
    let isLeft = lines(lower) < 0 && left > lower && left < end
    let isRight = lines(upper.nextDown) < 0 && right < upper && right > start
    return (isLeft ? left : nil, isRight ? right : nil)
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
