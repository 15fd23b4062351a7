import LookupTables

extension FitProblem {
  /// Beyond this many pieces there is no coarse programme and no knot is relocated.
  private static let programmeLimit = 64

  /// The continuous piecewise-linear function of least error that this recipe finds.
  ///
  /// - Parameter notes: Receives the choices and the course.
  func refined(
    entries: Int, notes: inout [String: String], progress: (Double) throws -> Void
  ) throws -> PiecewiseLinear {
    notes["recipe"] = "refined"
    notes["objective"] = objective.rawValue
    if isNarrow {
      notes["domain"] = Self.narrowNote
      return try singleLine(entries: entries)
    }
    return objective.isMaximum
      ? try continuousMaximum(entries: entries, notes: &notes, progress: progress)
      : try continuousLeastSquares(entries: entries, notes: &notes, progress: progress)
  }

  static let narrowNote = "one line: narrower than float32 resolves curvature on"

  /// The continuous function of least weighted mean square that the search finds, with the knots of
  /// the exact discontinuous one among its starts.
  func continuousLeastSquares(
    entries: Int, notes: inout [String: String], progress: (Double) throws -> Void
  ) throws -> PiecewiseLinear {
    notes["background"] = "\(Self.background)"
    let points = points(isFine: entries > 32)
    let isSmall = entries <= Self.programmeLimit
    let exactCuts = try leastSquares(entries: entries, progress: { try progress(0.2 * $0) })
      .ideal.breakpoints.filter { $0 > lower && $0 < upper }
    func search(_ pieces: Int, identity: Bool, _ share: ClosedRange<Double>) throws -> KnotSearch {
      let problem = KnotLeastSquares(
        function: function, lower: lower, upper: upper, points: points.measure,
        constraints: .init(anchors: anchors, endsOnIdentity: identity))
      var search = KnotSearch(problem: problem, density: points.density)
      try search.run(
        pieces: pieces, withProgramme: isSmall, exactCuts: exactCuts,
        progress: {
          try progress(share.lowerBound + $0 * (share.upperBound - share.lowerBound))
        })
      return search
    }
    guard endsOnIdentity else {
      let found = try search(entries, identity: false, 0.2...1)
      found.record(in: &notes)
      return try PiecewiseLinear(through: found.best, anchors: anchors)
    }
    // The right line is y = x: either it takes over inside the domain, continuously, or, where the
    // domain ends before the function has reached it, at the upper bound.
    let inside = try search(entries, identity: true, 0.2...0.6)
    let beyond = try search(entries - 1, identity: false, 0.6...1)
    let isInside = inside.best.error <= beyond.best.error
    (isInside ? inside : beyond).record(in: &notes)
    notes["right line"] = isInside ? "joins inside the domain" : "begins at the upper bound"
    return isInside
      ? try PiecewiseLinear(through: inside.best, identity: .lastPiece, anchors: anchors)
      : try PiecewiseLinear(
        through: beyond.best, identity: lineBeyond, anchors: anchors)
  }

  /// Least-squares values on pieces of equal width, without constraints.
  func equalPieces(entries: Int, notes: inout [String: String]) throws -> PiecewiseLinear {
    notes["approximator"] =
      "least-squares values on pieces of equal width, free of anchors and right line"
    if isNarrow { return try singleLine(entries: entries) }
    let knots = (1..<entries).map {
      lower + (upper - lower) * (Double($0) / Double(entries))
    }
    let problem = KnotLeastSquares(
      function: function, lower: lower, upper: upper, points: points(isFine: true).measure,
      constraints: .init())
    return try PiecewiseLinear(through: problem.solve(knots: knots))
  }

  private func points(isFine: Bool) -> (measure: WeightedPoints, density: KnotDensity) {
    let grid = grid(isFine: isFine)
    let measure = measure(isFine: isFine)
    return (measure, KnotDensity(function: function, points: measure, edges: grid.edges))
  }

  /// Just above the upper bound, far enough that the bound itself is still served from the left
  /// after the number format has rounded it.
  private var switchBeyondDomain: Double {
    let share =
      switch format {
      case .fp32, .int32: 0x1p-19
      case .fp16: 0x1p-9
      case .int16: 0x1p-11
      case .int8: 0x1p-6
      }
    return upper + max(upper - lower, lower.magnitude, upper.magnitude) * share
  }

  /// The right line y = x from beyond the domain on. No input of an int8 table lies there: its
  /// integers end with the domain.
  var lineBeyond: PiecewiseLinear.IdentityLine {
    format == .int8 ? .repeated(switchBeyondDomain) : .from(switchBeyondDomain)
  }

  /// The tangent in the domain's middle as every entry that serves the domain; its value in fp16,
  /// which does not tell the domain's inputs apart and might not hold the slope.
  func singleLine(entries: Int) throws -> PiecewiseLinear {
    let middle = 0.5 * (lower + upper)
    let slope = format == .fp16 ? 0 : function.firstDerivative(middle)
    let intercept = function(middle) - slope * middle
    let line = try PiecewiseLinear(
      breakpoints: Array(repeating: switchBeyondDomain, count: entries - 1),
      slopes: Array(repeating: slope, count: entries),
      intercepts: Array(repeating: intercept, count: entries))
    guard endsOnIdentity, format != .int8 else { return line }
    return try PiecewiseLinear(
      breakpoints: line.breakpoints, slopes: line.slopes.dropLast() + [1],
      intercepts: line.intercepts.dropLast() + [0])
  }
}
