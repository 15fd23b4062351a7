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

  /// The continuous function through nodes; its outer lines go on. The network of
  /// ``ReLUNetwork/init(through:values:)`` computes the same, but sums of its neurons lose the flat
  /// lines beside steep ones (rsqrt on [1e-12, 10]: slopes from −1e17 to −1e-2).
  ///
  /// - Parameter anchors: Those at 0 hold without any rounding: the intercept is what they say.
  init(
    nodes: [Double], values: [Double], identity: IdentityLine = .none, anchors: [Anchor] = []
  ) throws {
    guard nodes.count == values.count, nodes.count >= 2 else {
      throw TableError.entryCount(nodes.count - 1)
    }
    var breakpoints = Array(nodes.dropFirst().dropLast())
    var slopes = zip(zip(nodes, nodes.dropFirst()), zip(values, values.dropFirst())).map {
      ($1.1 - $1.0) / ($0.1 - $0.0)
    }
    // From the end that loses least.
    var intercepts = slopes.indices.map { piece in
      let node = nodes[piece].magnitude < nodes[piece + 1].magnitude ? piece : piece + 1
      return values[node] - slopes[piece] * nodes[node]
    }
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

  /// The same for a solution, whose outer zero pieces need no entry.
  init(
    through solution: KnotLeastSquares.Solution, zeroEnds: ZeroEnds = .init(),
    identity: IdentityLine = .none, anchors: [Anchor] = []
  ) throws {
    try self.init(
      nodes: zeroEnds.trimmed(solution.nodes), values: zeroEnds.trimmed(solution.values),
      identity: identity, anchors: anchors)
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
