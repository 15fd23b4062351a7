/// The best continuous piecewise-linear function for given knots, under a weighted measure, and how
/// its error changes with the knots (variable projection: the values are eliminated).
struct KnotLeastSquares {
  /// What the values at the nodes must satisfy.
  struct Constraints {
    /// No value is negative.
    var isNonNegative = false
    /// The last piece is the line y = x.
    var endsOnIdentity = false
  }

  struct Solution {
    /// The weighted mean of the squared error.
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
  private struct PieceMoments {
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
    let deltas = deltas(moments: moments, nodes: nodes, exact: exact)

    let values = zip(exact, deltas).map { $0 + $1 }
    let pieceErrors = (0..<pieces).map { moments[$0].squared(deltas[$0], deltas[$0 + 1]) }
    let slopes = (0..<pieces).map { piece -> Double in
      let rise = values[piece + 1] - values[piece]
      return rise / (nodes[piece + 1] - nodes[piece])
    }
    let gradient = (0..<knots.count).map { index -> Double in
      let left = moments[index].rising(deltas[index], deltas[index + 1])
      let right = moments[index + 1].falling(deltas[index + 1], deltas[index + 2])
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

  /// The values' distances from the function at the nodes: a tridiagonal system, solved again with
  /// every value that came out negative held at zero.
  private func deltas(moments: [PieceMoments], nodes: [Double], exact: [Double]) -> [Double] {
    let count = nodes.count
    var diagonal = Array(repeating: 0.0, count: count)
    var right = Array(repeating: 0.0, count: count)
    var coupling = Array(repeating: 0.0, count: count)
    for (piece, sums) in moments.enumerated() {
      diagonal[piece] += sums.w - 2 * sums.wt + sums.wtt
      diagonal[piece + 1] += sums.wtt
      coupling[piece] = sums.wt - sums.wtt
      right[piece] += sums.wg - sums.wgt
      right[piece + 1] += sums.wgt
    }
    // Where no mass is, the value stays on the function.
    for index in 0..<count { diagonal[index] += 1e-15 }

    var held: [Double?] = Array(repeating: nil, count: count)
    if constraints.endsOnIdentity {
      for index in (count - 2)..<count { held[index] = nodes[index] - exact[index] }
    }
    while true {
      let solution = Self.solve(
        diagonal: diagonal, coupling: coupling, right: right, held: held)
      guard constraints.isNonNegative else { return solution }
      var isFeasible = true
      for index in 0..<count where held[index] == nil && solution[index] + exact[index] < 0 {
        held[index] = -exact[index]
        isFeasible = false
      }
      if isFeasible { return solution }
    }
  }

  /// A symmetric positive definite tridiagonal system in which some unknowns are held.
  private static func solve(
    diagonal: [Double], coupling: [Double], right: [Double], held: [Double?]
  ) -> [Double] {
    let count = diagonal.count
    var solution = Array(repeating: 0.0, count: count)
    var upper = Array(repeating: 0.0, count: count)
    for index in 0..<count {
      if let value = held[index] {
        solution[index] = value
        continue
      }
      var pivot = diagonal[index]
      var value = right[index]
      if index > 0 {
        pivot -= coupling[index - 1] * upper[index - 1]
        value -= coupling[index - 1] * solution[index - 1]
      }
      if index + 1 < count {
        if let next = held[index + 1] {
          value -= coupling[index] * next
        } else {
          upper[index] = coupling[index] / pivot
        }
      }
      solution[index] = value / pivot
    }
    for index in stride(from: count - 2, through: 0, by: -1) where held[index] == nil {
      solution[index] -= upper[index] * solution[index + 1]
    }
    return solution
  }
}
