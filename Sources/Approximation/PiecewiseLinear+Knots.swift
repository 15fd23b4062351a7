import LookupTables

extension PiecewiseLinear {
  /// Where a table's right line y = x begins.
  enum IdentityLine {
    case none
    /// It is the solution's last piece.
    case lastPiece
    /// It is one entry more, from this position on.
    case from(Double)
    /// There is none: from this position on the last line is repeated, to fill the entry.
    case repeated(Double)
  }

  /// The continuous function through the nodes of a solution, by way of the network that computes
  /// it; its outer lines go on.
  ///
  /// - Parameter anchors: Those at 0 hold without any rounding: the intercept is what they say.
  init(
    through solution: KnotLeastSquares.Solution, identity: IdentityLine = .none,
    anchors: [Anchor] = []
  ) throws {
    let network = try ReLUNetwork(through: solution.nodes, values: solution.values)
    let lines = try network.piecewiseLinear()
    var breakpoints = lines.breakpoints
    var slopes = lines.slopes
    var intercepts = lines.intercepts
    switch identity {
    case .none: break
    case .lastPiece:
      slopes[slopes.count - 1] = 1
      intercepts[intercepts.count - 1] = 0
    case .repeated(let start):
      breakpoints.append(start)
      slopes.append(slopes[slopes.count - 1])
      intercepts.append(intercepts[intercepts.count - 1])
    case .from(let start):
      breakpoints.append(start)
      slopes.append(1)
      intercepts.append(0)
    }
    for anchor in anchors where anchor.x == 0 {
      intercepts[breakpoints.firstIndex(above: 0)] = anchor.y
    }
    try self.init(breakpoints: breakpoints, slopes: slopes, intercepts: intercepts)
  }
}
