import LookupTables

@testable import Approximation

/// Problems for the tests of the minimax search, and slow rivals that share no code with it.
enum MinimaxSamples {
  static func problem(
    _ function: ApproximatedFunction, _ domain: ClosedRange<Double>,
    objective: Objective = .maximum, constraints: FitConstraints = .free,
    weights: [WeightedInterval]? = nil
  ) -> FitProblem {
    FitProblem(
      FitRequest(
        function: function, approximator: .optimal, entries: 8, format: .fp32, domain: domain,
        weights: weights, objective: objective, constraints: constraints))
  }

  /// A polyline with uneven steps that wanders at random.
  static func wandering(points: Int, seed: UInt64) throws -> SampledFunction {
    var random = SeededNumbers(seed: seed)
    var x = [random.between(-3, 3)]
    var y = [random.between(-1, 1)]
    var slope = 0.0
    while x.count < points {
      let step = random.between(0.05, 0.4)
      slope += random.between(-1, 1)
      x.append(x[x.count - 1] + step)
      y.append(y[y.count - 1] + slope * step)
    }
    return try SampledFunction(x: x, y: y)
  }

  /// The largest error in units of the tolerance, by plain sampling.
  static func largestError(_ table: PiecewiseLinear, _ problem: FitProblem, steps: Int) -> Double {
    var largest = 0.0
    for step in 0...steps {
      let x = problem.lower + (problem.upper - problem.lower) * (Double(step) / Double(steps))
      largest = max(
        largest,
        (problem.floored(table(x)) - problem.function(x)).magnitude / problem.tolerance(at: x))
    }
    return largest
  }

  /// The least largest deviation of a line from the points, by ternary search over its slope.
  static func bestLineError(_ points: ArraySlice<(x: Double, y: Double)>) -> Double {
    func spread(_ slope: Double) -> Double {
      var low = Double.infinity
      var high = -Double.infinity
      for point in points {
        let rest = point.y - slope * point.x
        low = min(low, rest)
        high = max(high, rest)
      }
      return 0.5 * (high - low)
    }
    guard points.count > 2 else { return 0 }
    let slopes = zip(points, points.dropFirst()).map { ($1.y - $0.y) / ($1.x - $0.x) }
    var low = slopes.min() ?? 0
    var high = slopes.max() ?? 0
    for _ in 0..<60 {
      let left = low + (high - low) / 3
      let right = high - (high - low) / 3
      if spread(left) < spread(right) { high = right } else { low = left }
    }
    return spread(0.5 * (low + high))
  }

  /// Bounds for the least error of discontinuous tables, by dynamic programming over all cuts: below,
  /// pieces need not serve the cells between them; above, cuts are at points only.
  static func discontinuousOptimum(
    _ points: [(x: Double, y: Double)], entries: Int
  ) -> (below: Double, above: Double) {
    let count = points.count
    var cost = [[Double]](repeating: Array(repeating: 0, count: count), count: count)
    for first in 0..<count {
      for last in first..<count { cost[first][last] = bestLineError(points[first...last]) }
    }
    // A piece begins at the last one's end, or one point after it.
    func optimum(gap: Int) -> Double {
      var reached = cost[0]
      for _ in 1..<entries {
        reached = (0..<count).map { last in
          (0..<max(last + 1 - gap, 0)).reduce(reached[last]) { best, end in
            min(best, max(reached[end], cost[end + gap][last]))
          }
        }
      }
      return reached[count - 1]
    }
    return (optimum(gap: 1), optimum(gap: 0))
  }

  /// The least error of continuous tables with knots at the points, at heights on a grid around f:
  /// no table of this search can be better than the true optimum.
  static func continuousRival(
    _ points: [(x: Double, y: Double)], entries: Int, height: Double, levels: Int
  ) -> Double {
    let heights = (0..<levels).map { height * (2 * Double($0) / Double(levels - 1) - 1) }
    func error(_ i: Int, _ a: Double, _ j: Int, _ b: Double) -> Double {
      let start = points[i].y + a
      let slope = (points[j].y + b - start) / (points[j].x - points[i].x)
      return (i...j).reduce(0) {
        max($0, (start + slope * (points[$1].x - points[i].x) - points[$1].y).magnitude)
      }
    }
    var reached = [[Double]](repeating: heights.map(\.magnitude), count: points.count)
    for index in points.indices.dropFirst() { reached[index] = heights.map { _ in .infinity } }
    for _ in 0..<entries {
      var next = reached
      for j in points.indices.dropFirst() {
        for (level, b) in heights.enumerated() {
          for i in 0..<j {
            for (from, a) in heights.enumerated() where reached[i][from] < next[j][level] {
              next[j][level] = min(
                next[j][level], max(reached[i][from], error(i, a, j, b)))
            }
          }
        }
      }
      reached = next
    }
    return reached[points.count - 1].min() ?? .infinity
  }
}
