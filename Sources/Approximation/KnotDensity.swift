/// Where knots belong: asymptotically, the best mean square has them with a density proportional to
/// (weight · f″²)^{1/5}.
struct KnotDensity {
  /// The grid's edges.
  let edges: [Double]
  /// The law's mass below each edge, 0 at the first.
  let cumulative: [Double]

  init(function: ApproximatedFunction, points: WeightedPoints, edges: [Double]) {
    var masses: [Double] = []
    var index = 0
    for cell in 0..<(edges.count - 1) {
      let start = edges[cell]
      let end = cell == edges.count - 2 ? Double.infinity : edges[cell + 1]
      var weight = 0.0
      while index < points.positions.count, points.positions[index] < end {
        weight += points.weights[index]
        index += 1
      }
      let width = edges[cell + 1] - start
      let curvature = function.secondDerivative(start + 0.5 * width)
      masses.append(fifthRoot(weight / width * curvature * curvature) * width)
    }
    // A trace everywhere, so that the quantiles are defined where weight or curvature vanish.
    let total = masses.reduce(0, +)
    let span = edges[edges.count - 1] - edges[0]
    var sum = 0.0
    var cumulative = [0.0]
    for cell in masses.indices {
      let share = (edges[cell + 1] - edges[cell]) / span
      sum += total > 0 ? masses[cell] + 1e-6 * total * share : share
      cumulative.append(sum)
    }
    self.edges = edges
    self.cumulative = cumulative
  }

  /// The positions that cut the law's mass into equal parts: one fewer than the parts.
  func quantiles(parts: Int) -> [Double] {
    let total = cumulative[cumulative.count - 1]
    return (1..<max(parts, 1)).map { part in
      let target = total * Double(part) / Double(parts)
      let above = min(max(cumulative.firstIndex(above: target), 1), cumulative.count - 1)
      let start = cumulative[above - 1]
      let share = (target - start) / (cumulative[above] - start)
      return edges[above - 1] + share * (edges[above] - edges[above - 1])
    }
  }
}

/// x^{1/5} by Newton's method.
/// - Parameter x: Not negative.
func fifthRoot(_ x: Double) -> Double {
  guard x.isNormal, x > 0 else { return 0 }
  let exponent = Int(x.exponent)
  let fifth = exponent >= 0 ? exponent / 5 : -((-exponent + 4) / 5)
  let rest = x * powerOfTwo(-5 * fifth / 2) * powerOfTwo(-5 * fifth - (-5 * fifth / 2))
  // rest is in [1, 32): from 2 downwards the iteration falls monotonously.
  var root = 2.0
  for _ in 0..<8 {
    let square = root * root
    root = 0.2 * (4 * root + rest / (square * square))
  }
  return root * powerOfTwo(fifth)
}
