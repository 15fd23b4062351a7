/// The best continuous piecewise-linear function for given knots, under a weighted measure, and how
/// its error changes with the knots (variable projection: the values are eliminated).
struct KnotLeastSquares {
  /// What the function must satisfy.
  struct Constraints {
    /// What it passes through: ascending in x, inside the domain.
    var anchors: [Anchor] = []
    /// The last piece is the line y = x.
    var endsOnIdentity = false
    /// The outer pieces that answer 0, which the lines beside them give for nothing.
    var zeroEnds = ZeroEnds()
    /// No value is negative.
    var avoidsNegative = false
  }

  struct Solution {
    /// The weighted mean of the squared error; infinite when no values satisfy the constraints.
    var error: Double
    /// Lower bound, knots, upper bound.
    var nodes: [Double]
    /// The function's value at each node.
    var values: [Double]
    /// The derivative of the error for each knot.
    var gradient: [Double]
    /// The part of the error on each piece.
    var pieceErrors: [Double]
  }

  let function: ApproximatedFunction
  let lower: Double
  let upper: Double
  let points: WeightedPoints
  let constraints: Constraints

  /// Moments of one piece in its own coordinate t in [0, 1], the function taken relative to its
  /// chord so that nothing large cancels.
  struct PieceMoments {
    var w = 0.0
    var wt = 0.0
    var wtt = 0.0
    var wg = 0.0
    var wgt = 0.0
    var wgg = 0.0

    /// ∫ w·(a + (b − a)·t − g)·t
    func rising(_ a: Double, _ b: Double) -> Double { a * (wt - wtt) + b * wtt - wgt }
    /// ∫ w·(a + (b − a)·t − g)·(1 − t)
    func falling(_ a: Double, _ b: Double) -> Double {
      a * (w - 2 * wt + wtt) + b * (wt - wtt) - (wg - wgt)
    }
    /// ∫ w·(a + (b − a)·t − g)²
    func squared(_ a: Double, _ b: Double) -> Double {
      let quadratic = a * a * (w - 2 * wt + wtt) + 2 * a * b * (wt - wtt) + b * b * wtt
      return max(0, quadratic - 2 * (a * (wg - wgt) + b * wgt) + wgg)
    }
  }

  /// - Parameter knots: Strictly ascending, strictly between the bounds.
  func solve(knots: [Double]) -> Solution {
    let nodes = [lower] + knots + [upper]
    let pieces = nodes.count - 1
    let exact = nodes.map { function($0) }
    let moments = moments(nodes: nodes, exact: exact)
    let system = TridiagonalSystem(moments: moments)
    var held: [Double?] = Array(repeating: nil, count: nodes.count)
    if constraints.endsOnIdentity {
      for index in (pieces - 1)...pieces { held[index] = nodes[index] - exact[index] }
    }
    if constraints.zeroEnds.left { for index in 0...1 { held[index] = -exact[index] } }
    if constraints.zeroEnds.right {
      for index in (pieces - 1)...pieces { held[index] = -exact[index] }
    }
    let conditions = conditions(nodes: nodes, exact: exact, held: &held)
    var found = system.solve(held: held, conditions: conditions)
    while constraints.avoidsNegative, let deltas = found?.solution,
      let negative = nodes.indices.first(where: {
        held[$0] == nil && exact[$0] + deltas[$0] < 0
      })
    {
      held[negative] = -exact[negative]
      found = system.solve(held: held, conditions: conditions)
    }
    guard let (deltas, forces) = found else {
      return Solution(
        error: .infinity, nodes: nodes, values: exact,
        gradient: Array(repeating: 0, count: knots.count),
        pieceErrors: Array(repeating: .infinity, count: pieces))
    }

    let values = zip(exact, deltas).map { $0 + $1 }
    let pieceErrors = (0..<pieces).map { moments[$0].squared(deltas[$0], deltas[$0 + 1]) }
    let slopes = (0..<pieces).map { piece -> Double in
      let rise = values[piece + 1] - values[piece]
      return rise / (nodes[piece + 1] - nodes[piece])
    }
    let gradient = (0..<knots.count).map { index -> Double in
      var left = moments[index].rising(deltas[index], deltas[index + 1])
      var right = moments[index + 1].falling(deltas[index + 1], deltas[index + 2])
      // An anchor pulls at its piece like a mass on it.
      for (condition, force) in zip(conditions, forces) {
        if condition.piece == index { left += force * condition.t }
        if condition.piece == index + 1 { right += force * (1 - condition.t) }
      }
      let moved = -slopes[index] * left - slopes[index + 1] * right
      let isOnIdentity = constraints.endsOnIdentity && index == knots.count - 1
      return 2 * (isOnIdentity ? moved + left + right : moved)
    }
    return Solution(
      error: pieceErrors.reduce(0, +), nodes: nodes, values: values, gradient: gradient,
      pieceErrors: pieceErrors)
  }

  private func moments(nodes: [Double], exact: [Double]) -> [PieceMoments] {
    let pieces = nodes.count - 1
    var all: [PieceMoments] = []
    all.reserveCapacity(pieces)
    points.positions.withUnsafeBufferPointer { positions in
      points.weights.withUnsafeBufferPointer { weights in
        points.values.withUnsafeBufferPointer { values in
          var index = 0
          for piece in 0..<pieces {
            let start = nodes[piece]
            let inverse = 1 / (nodes[piece + 1] - start)
            let end = piece == pieces - 1 ? Double.infinity : nodes[piece + 1]
            let base = exact[piece]
            let rise = exact[piece + 1] - base
            var sums = PieceMoments()
            while index < positions.count, positions[index] < end {
              let t = (positions[index] - start) * inverse
              let w = weights[index]
              let g = values[index] - (base + rise * t)
              let wt = w * t
              let wg = w * g
              sums.w += w
              sums.wt += wt
              sums.wtt += wt * t
              sums.wg += wg
              sums.wgt += wg * t
              sums.wgg += wg * g
              index += 1
            }
            all.append(sums)
          }
        }
      }
    }
    return all
  }

  /// The anchors inside the domain as conditions on the distances; those at its bounds are held.
  private func conditions(
    nodes: [Double], exact: [Double], held: inout [Double?]
  ) -> [TridiagonalSystem.Condition] {
    var conditions: [TridiagonalSystem.Condition] = []
    for anchor in constraints.anchors {
      let piece = min(max(nodes.firstIndex(above: anchor.x) - 1, 0), nodes.count - 2)
      let t = (anchor.x - nodes[piece]) / (nodes[piece + 1] - nodes[piece])
      if piece == 0, t == 0, held[0] == nil {
        held[0] = anchor.y - exact[0]
      } else if piece == nodes.count - 2, t == 1, held[piece + 1] == nil {
        held[piece + 1] = anchor.y - exact[piece + 1]
      } else {
        let chord = exact[piece] + (exact[piece + 1] - exact[piece]) * t
        conditions.append(.init(piece: piece, t: t, value: anchor.y - chord))
      }
    }
    return conditions
  }
}
