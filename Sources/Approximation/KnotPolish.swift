extension KnotLeastSquares {
  /// Moves the knots to a local minimum of the error: BFGS on the eliminated problem, each knot in
  /// units of the gaps around it, steps kept short enough that no gap shrinks to less than a fifth.
  ///
  /// - Parameter knots: Strictly ascending, strictly between the bounds.
  /// - Returns: The solution and the number of evaluations.
  func polished(from knots: [Double]) -> (solution: Solution, evaluations: Int) {
    var current = solve(knots: knots)
    var evaluations = 1
    let count = knots.count
    guard count > 0 else { return (current, evaluations) }
    let scales = (1...count).map { node -> Double in
      let left = current.nodes[node] - current.nodes[node - 1]
      let right = current.nodes[node + 1] - current.nodes[node]
      return left * right / (left + right)
    }
    var inverse = InverseHessian(count: count)
    var gradient = zip(current.gradient, scales).map { $0 * $1 }
    var slowSteps = 0
    for _ in 0..<(40 + 6 * count) {
      var direction = inverse.direction(gradient)
      var descent = dot(direction, gradient)
      if !(descent < 0) {
        inverse = InverseHessian(count: count)
        direction = gradient.map { -$0 }
        descent = dot(direction, gradient)
      }
      guard descent < 0 else { break }
      let moves = zip(direction, scales).map { $0 * $1 }
      var length =
        inverse.isFresh
        ? longestStep(current.nodes, moves, shrinking: 0.1)
        : min(1, longestStep(current.nodes, moves, shrinking: 0.8))
      var next: Solution?
      for _ in 0..<30 {
        let trial = zip(current.nodes.dropFirst(), moves).map { $0 + length * $1 }
        guard Self.ascends(trial, from: lower, to: upper) else {
          length *= 0.5
          continue
        }
        let solution = solve(knots: trial)
        evaluations += 1
        if solution.error <= current.error + 1e-4 * length * descent {
          next = solution
          break
        }
        length *= 0.4
      }
      guard let next else {
        if inverse.isFresh { break }
        inverse = InverseHessian(count: count)
        continue
      }
      let nextGradient = zip(next.gradient, scales).map { $0 * $1 }
      inverse.update(
        step: direction.map { $0 * length },
        change: zip(nextGradient, gradient).map { $0 - $1 })
      slowSteps = next.error > current.error * (1 - 1e-6) ? slowSteps + 1 : 0
      gradient = nextGradient
      current = next
      if slowSteps == 3 { break }
    }
    return (current, evaluations)
  }

  /// The largest multiple of the moves that takes no more than a share of any gap.
  private func longestStep(_ nodes: [Double], _ moves: [Double], shrinking share: Double) -> Double
  {
    var longest = Double.greatestFiniteMagnitude
    for gap in 0...moves.count {
      let left = gap == 0 ? 0 : moves[gap - 1]
      let right = gap == moves.count ? 0 : moves[gap]
      if right < left {
        longest = min(longest, share * (nodes[gap + 1] - nodes[gap]) / (left - right))
      }
    }
    return longest == .greatestFiniteMagnitude ? 1 : longest
  }

  static func ascends(_ knots: [Double], from lower: Double, to upper: Double) -> Bool {
    var last = lower
    for knot in knots + [upper] {
      guard knot > last else { return false }
      last = knot
    }
    return true
  }
}
