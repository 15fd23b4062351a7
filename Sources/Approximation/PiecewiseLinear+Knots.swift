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

  /// The continuous function through nodes, by way of the network that computes
  /// it; its outer lines go on.
  ///
  /// - Parameter anchors: Those at 0 hold without any rounding: the intercept is what they say.
  init(
    nodes: [Double], values: [Double], identity: IdentityLine = .none, anchors: [Anchor] = []
  ) throws {
    let network = try ReLUNetwork(through: nodes, values: values)
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
    self = try PiecewiseLinear(
      breakpoints: breakpoints, slopes: slopes, intercepts: intercepts
    ).holding(anchors)
  }

  /// The same for a solution.
  init(
    through solution: KnotLeastSquares.Solution, identity: IdentityLine = .none,
    anchors: [Anchor] = []
  ) throws {
    try self.init(
      nodes: solution.nodes, values: solution.values, identity: identity, anchors: anchors)
  }

  /// Anchors at 0 hold without any rounding: the intercept of the line that serves 0 is what they
  /// say.
  func holding(_ anchors: [Anchor]) throws -> PiecewiseLinear {
    var intercepts = intercepts
    for anchor in anchors where anchor.x == 0 {
      intercepts[breakpoints.firstIndex(above: 0)] = anchor.y
    }
    return try PiecewiseLinear(breakpoints: breakpoints, slopes: slopes, intercepts: intercepts)
  }
}
