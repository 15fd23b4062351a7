import LookupTables

extension PiecewiseLinear {
  /// Where a table's right line y = x begins.
  enum IdentityLine {
    case none
    /// It is the solution's last piece.
    case lastPiece
    /// It is one entry more, from this position on.
    case from(Double)
  }

  /// The continuous function through the nodes of a solution; its outer lines go on.
  init(through solution: KnotLeastSquares.Solution, identity: IdentityLine = .none) throws {
    let nodes = solution.nodes
    let values = solution.values
    var breakpoints = Array(nodes.dropFirst().dropLast())
    var slopes: [Double] = []
    var intercepts: [Double] = []
    for index in 1..<nodes.count {
      let slope = (values[index] - values[index - 1]) / (nodes[index] - nodes[index - 1])
      slopes.append(slope)
      intercepts.append(values[index - 1] - slope * nodes[index - 1])
    }
    switch identity {
    case .none: break
    case .lastPiece:
      slopes[slopes.count - 1] = 1
      intercepts[intercepts.count - 1] = 0
    case .from(let start):
      breakpoints.append(start)
      slopes.append(1)
      intercepts.append(0)
    }
    try self.init(breakpoints: breakpoints, slopes: slopes, intercepts: intercepts)
  }
}
