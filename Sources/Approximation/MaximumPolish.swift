/// Moves knots and values of a continuous function together towards the least largest error: BFGS on
/// the p-norm of the errors at the extreme points, for growing p.
struct MaximumPolish {
  /// Of the nodes: lower bound, knots, upper bound.
  struct State {
    var nodes: [Double]
    var values: [Double]
    /// The largest error, in units of the tolerance.
    var largest: Double
  }

  private static let powers: [Double] = [8, 16, 32, 64, 128, 256, 512, 1024, 2048]
  private static let stepsPerPower = 60

  let problem: FitProblem
  let samples: ExtremePoints.Samples
  /// Whether the last piece is the line y = x.
  let endsOnIdentity: Bool
  /// The outer pieces that are 0.
  var zeroEnds = ZeroEnds()

  /// - Parameters:
  ///   - nodes: Strictly ascending, from the lower to the upper bound.
  ///   - values: One for each; they need not meet the constraints yet.
  /// - Returns: The best state met; its error is infinite when no values meet the constraints.
  func polished(nodes: [Double], values: [Double]) -> State {
    guard var current = evaluate(nodes: nodes, values: values, power: 1)?.state else {
      return State(nodes: nodes, values: values, largest: .infinity)
    }
    var best = current
    for power in Self.powers {
      current = descended(from: current, power: power)
      if current.largest < best.largest { best = current }
    }
    return best
  }

  /// A state, its p-norm and the norm's derivatives: by the inner knots, then by all values.
  private struct Evaluation {
    var state: State
    var norm: Double
    var gradient: [Double]
  }

  private func descended(from start: State, power: Double) -> State {
    guard var current = evaluate(nodes: start.nodes, values: start.values, power: power) else {
      return start
    }
    var best = current.state
    let knots = start.nodes.count - 2
    // A knot counts in units of its gaps, a value in units of the error.
    let scales =
      (0..<knots).map { knot -> Double in
        let left = start.nodes[knot + 1] - start.nodes[knot]
        let right = start.nodes[knot + 2] - start.nodes[knot + 1]
        return left * right / (left + right)
      }
      + start.nodes.map { 1 / max(1 / problem.tolerance(at: $0), 1e-30) * start.largest }
    var inverse = InverseHessian(count: scales.count)
    var gradient = zip(current.gradient, scales).map { $0 * $1 }
    var slowSteps = 0
    for _ in 0..<Self.stepsPerPower {
      var direction = inverse.direction(gradient)
      var descent = dot(direction, gradient)
      if !(descent < 0) {
        inverse = InverseHessian(count: scales.count)
        direction = gradient.map { -$0 }
        descent = dot(direction, gradient)
      }
      guard descent < 0 else { break }
      let moves = zip(direction, scales).map { $0 * $1 }
      var length = min(
        inverse.isFresh ? 0.1 * current.norm / -descent : 1,
        longestStep(current.state.nodes, moves))
      var next: Evaluation?
      for _ in 0..<20 {
        let trial = evaluate(
          nodes: moved(current.state.nodes, by: moves, length),
          values: current.state.values.indices.map {
            current.state.values[$0] + length * moves[knots + $0]
          }, power: power)
        if let trial, trial.norm <= current.norm + 1e-4 * length * descent {
          next = trial
          break
        }
        length *= 0.4
      }
      guard let next else {
        if inverse.isFresh { break }
        inverse = InverseHessian(count: scales.count)
        continue
      }
      let nextGradient = zip(next.gradient, scales).map { $0 * $1 }
      inverse.update(
        step: direction.map { $0 * length }, change: zip(nextGradient, gradient).map { $0 - $1 })
      slowSteps = next.norm > current.norm * (1 - 1e-5) ? slowSteps + 1 : 0
      gradient = nextGradient
      current = next
      if current.state.largest < best.largest { best = current.state }
      if slowSteps == 3 { break }
    }
    return best
  }

  private func moved(_ nodes: [Double], by moves: [Double], _ length: Double) -> [Double] {
    var nodes = nodes
    for knot in 1..<(nodes.count - 1) { nodes[knot] += length * moves[knot - 1] }
    return nodes
  }

  /// The largest multiple of the moves that takes no more than half of any gap.
  private func longestStep(_ nodes: [Double], _ moves: [Double]) -> Double {
    var longest = Double.greatestFiniteMagnitude
    for gap in 0..<(nodes.count - 1) {
      let left = gap == 0 ? 0 : moves[gap - 1]
      let right = gap == nodes.count - 2 ? 0 : moves[gap]
      if right < left {
        longest = min(longest, 0.5 * (nodes[gap + 1] - nodes[gap]) / (left - right))
      }
    }
    return longest
  }

  /// - Returns: nil when nodes do not ascend or the constraints contradict each other.
  private func evaluate(nodes: [Double], values raw: [Double], power: Double) -> Evaluation? {
    guard zip(nodes, nodes.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
    let constraints = NodeConstraints(
      problem, endsOnIdentity: endsOnIdentity, zeroEnds: zeroEnds, nodes: nodes)
    guard let values = constraints.met(by: raw) else { return nil }
    let extremes = ExtremePoints(nodes: nodes, values: values, samples: samples, problem: problem)
    let largest = extremes.largest
    let state = State(nodes: nodes, values: values, largest: largest)
    let pieces = nodes.count - 1
    var byKnots = Array(repeating: 0.0, count: pieces - 1)
    var byValues = Array(repeating: 0.0, count: pieces + 1)
    guard largest > 0 else {
      return Evaluation(state: state, norm: 0, gradient: byKnots + byValues)
    }
    let sum = extremes.points.reduce(0) { $0 + integerPower($1.error.magnitude / largest, power) }
    let norm = largest * root(sum, power)
    for point in extremes.points {
      let share =
        integerPower(point.error.magnitude / norm, power) * norm / point.error.magnitude
      guard share > 1e-12 else { continue }
      let pull = (point.error < 0 ? -share : share) * point.inverseTolerance
      byValues[point.piece] += pull * (1 - point.t)
      byValues[point.piece + 1] += pull * point.t
    }
    let slopes = (0..<pieces).map { piece -> Double in
      let rise = values[piece + 1] - values[piece]
      return rise / (nodes[piece + 1] - nodes[piece])
    }
    // With the values held, a knot that moves lowers its pieces by their slope times its hat.
    for point in extremes.points where point.error != 0 {
      let share =
        integerPower(point.error.magnitude / norm, power) * norm / point.error.magnitude
      let pull = (point.error < 0 ? -share : share) * point.inverseTolerance
      let slope = slopes[point.piece]
      if point.t == 0 || point.t == 1 {
        // A node's own error moves with it, on the function.
        let node = point.t == 0 ? point.piece : point.piece + 1
        guard node > 0, node < pieces else { continue }
        byKnots[node - 1] -= pull * problem.function.firstDerivative(nodes[node])
        continue
      }
      if point.piece > 0 { byKnots[point.piece - 1] -= pull * slope * (1 - point.t) }
      if point.piece + 1 < pieces { byKnots[point.piece] -= pull * slope * point.t }
    }
    constraints.project(&byKnots, &byValues, slopes: slopes)
    return Evaluation(state: state, norm: norm, gradient: byKnots + byValues)
  }
}

/// x^power for a power of two.
private func integerPower(_ x: Double, _ power: Double) -> Double {
  var result = x
  var reached = 1.0
  while reached < power {
    result *= result
    reached *= 2
  }
  return result
}

/// x^{1/power} for a power of two.
private func root(_ x: Double, _ power: Double) -> Double {
  var result = x
  var reached = 1.0
  while reached < power {
    result = result.squareRoot()
    reached *= 2
  }
  return result
}
