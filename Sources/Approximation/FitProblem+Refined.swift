import LookupTables

extension FitProblem {
  /// Beyond this many pieces there is no coarse programme and no knot is relocated.
  private static let programmeLimit = 64
  /// How far above the exact optimum of lines that need not meet a table with zero pieces may be
  /// without a look at those without.
  private static let clearGain = 1.05

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
  /// the exact discontinuous one among its starts. Where an outer line that dips below 0 answers 0 for
  /// nothing, the search is for one piece more, the outermost of which is 0.
  func continuousLeastSquares(
    entries: Int, notes: inout [String: String], progress: (Double) throws -> Void
  ) throws -> PiecewiseLinear {
    notes["background"] = "\(Self.background)"
    let points = points(isFine: entries > 32)
    let isSmall = entries <= Self.programmeLimit
    let exact = try leastSquares(entries: entries, progress: { try progress(0.2 * $0) })
    func search(_ pieces: Int, identity: Bool, _ zeroEnds: ZeroEnds, _ share: ClosedRange<Double>)
      throws -> KnotSearch
    {
      let problem = KnotLeastSquares(
        function: function, lower: lower, upper: upper, points: points.measure,
        constraints: .init(
          anchors: anchors, endsOnIdentity: identity, zeroEnds: zeroEnds,
          avoidsNegative: floorRule == .avoided))
      var search = KnotSearch(problem: problem, density: points.density)
      try search.run(
        pieces: pieces + zeroEnds.count, withProgramme: isSmall, exactCuts: exact.cuts,
        progress: {
          try progress(share.lowerBound + $0 * (share.upperBound - share.lowerBound))
        })
      return search
    }
    /// The best of the searches, zero pieces included where the exact programme has them.
    func best(_ pieces: Int, identity: Bool, _ share: ClosedRange<Double>) throws
      -> (search: KnotSearch, zeroEnds: ZeroEnds)
    {
      let middle = 0.5 * (share.lowerBound + share.upperBound)
      var ends = exact.zeroEnds
      if identity { ends.right = false }
      guard ends.count > 0 else {
        return (try search(pieces, identity: identity, .init(), share), .init())
      }
      let dipping = try search(pieces, identity: identity, ends, share.lowerBound...middle)
      // Where they gain little, lines that do not dip can do as well.
      guard dipping.best.error > Self.clearGain * exact.error else { return (dipping, ends) }
      let plain = try search(pieces, identity: identity, .init(), middle...share.upperBound)
      return dipping.best.error <= plain.best.error ? (dipping, ends) : (plain, .init())
    }
    func noted(_ found: (search: KnotSearch, zeroEnds: ZeroEnds)) {
      found.search.record(in: &notes)
      if found.zeroEnds.count > 0 {
        notes["floor"] = "an outer line dips below 0, where results become 0"
      }
    }
    guard endsOnIdentity else {
      let found = try best(entries, identity: false, 0.2...1)
      noted(found)
      return try PiecewiseLinear(
        through: found.search.best, zeroEnds: found.zeroEnds, anchors: anchors)
    }
    // The right line is y = x: either it takes over inside the domain, continuously, or, where the
    // domain ends before the function has reached it, at the upper bound.
    let inside = try best(entries, identity: true, 0.2...0.6)
    let beyond = try best(entries - 1, identity: false, 0.6...1)
    let isInside = inside.search.best.error <= beyond.search.best.error
    noted(isInside ? inside : beyond)
    notes["right line"] = isInside ? "joins inside the domain" : "begins at the upper bound"
    return isInside
      ? try PiecewiseLinear(
        through: inside.search.best, zeroEnds: inside.zeroEnds, identity: .lastPiece,
        anchors: anchors)
      : try PiecewiseLinear(
        through: beyond.search.best, zeroEnds: beyond.zeroEnds, identity: lineBeyond,
        anchors: anchors)
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

  /// The tangent in the domain's middle as every entry that serves the domain. The value alone where
  /// inputs are one value, which it answers exactly, and in fp16, which does not tell the domain's
  /// inputs apart and might not hold the slope.
  func singleLine(entries: Int) throws -> PiecewiseLinear {
    let middle = isSingleValue ? lower : 0.5 * (lower + upper)
    let slope = format == .fp16 || isSingleValue ? 0 : function.firstDerivative(middle)
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
