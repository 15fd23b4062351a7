/// Where the error tube is sampled.
enum TubeSampling {
  /// Samples for each entry: chords of a smooth function then err by about 2 / 256² of the table's
  /// error.
  private static let samplesPerEntry = 256
  private static let leastSamples = 4096

  /// The positions of a problem's samples, from its lower to its upper bound, strictly ascending.
  ///
  /// Samples of a user are taken as they are. A known function is sampled so that the chords between
  /// samples err evenly, at numbers of float32 inside the domain.
  static func positions(of problem: FitProblem, entries: Int) -> [Double] {
    var positions: [Double]
    if case .sampled(let function) = problem.function {
      positions = function.x.filter { $0 > problem.lower && $0 < problem.upper }
    } else {
      positions = evenChords(of: problem, samples: max(leastSamples, samplesPerEntry * entries))
    }
    positions += problem.anchors.map(\.x) + problem.relativeGrading.bends
    // A tolerance that jumps is sampled at the step and on both its sides.
    positions += problem.toleranceSteps.flatMap { [$0.nextDown, $0, $0.nextUp] }
    positions += [problem.lower, problem.upper]
    positions = ascending(positions)
    if problem.objective.isRelative {
      // Where f changes its sign the tolerance bends, as where |f| passes its floor.
      positions = ascending(positions + positions.changes { problem.function($0) < 0 })
    }
    return positions
  }

  private static func ascending(_ positions: [Double]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(positions.count)
    for position in positions.sorted() where result.last != position { result.append(position) }
    return result
  }

  /// Cells of the sampling grid and the tolerance's steps, each cut evenly by its share of ∫√(|f″| / t).
  private static func evenChords(of problem: FitProblem, samples: Int) -> [Double] {
    let edges = ascending(problem.grid(isFine: false).edges + problem.toleranceSteps)
    var shares: [Double] = []
    shares.reserveCapacity(edges.count)
    for (start, end) in zip(edges, edges.dropFirst()) {
      let middle = 0.5 * (start + end)
      let tolerance = problem.tolerance(at: middle)
      let bend = problem.function.secondDerivative(middle).magnitude / tolerance
      shares.append(bend.isFinite ? bend.squareRoot() * (end - start) : 0)
    }
    let total = shares.reduce(0, +)
    var positions: [Double] = []
    positions.reserveCapacity(samples + 2 * edges.count)
    for (cell, (start, end)) in zip(edges, edges.dropFirst()).enumerated() {
      let wanted = total > 0 ? Double(samples) * shares[cell] / total : 1
      let parts = max(1, wanted.rounded(.up))
      for part in 0..<Int(parts) {
        let position = Double(Float(start + (end - start) * (Double(part) / parts)))
        if position > problem.lower, position < problem.upper { positions.append(position) }
      }
    }
    return positions
  }
}
