import LookupTables

/// The least largest error of a problem's tables, by bisection over the width of the error tube: a
/// width suffices when the walk through the tube needs no more lines than the table has.
struct MinimaxSearch {
  let problem: FitProblem
  let tube: ErrorTube
  let continuity: Continuity
  /// N, with the line y = x.
  let entries: Int
  /// The walk at the least width that suffices.
  private(set) var walk: TubeWalk
  private(set) var threshold: ThresholdSearch

  /// The lines that are free: N, or one less when the last one is y = x.
  var freeLines: Int { problem.endsOnIdentity ? entries - 1 : entries }

  /// - Throws: ``ApproximationError`` when so few lines cannot pass through all anchors, and what
  ///   `progress` throws.
  init(
    _ problem: FitProblem, entries: Int, continuity: Continuity,
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    self.problem = problem
    self.continuity = continuity
    self.entries = entries
    let positions = TubeSampling.positions(of: problem, entries: entries)
    tube = ErrorTube(problem, positions: positions)
    let limit = problem.endsOnIdentity ? entries - 1 : entries
    var steps = 0.0
    func isPossible(_ error: Double, _ walk: inout TubeWalk) throws -> Bool {
      steps += 1
      try progress(min(0.9, steps / 60))
      walk.run(error: error, limit: limit)
      return !walk.isStuck
    }
    let noise = max(0x1p-46 * tube.largestValue, .leastNormalMagnitude)
    var guess = Self.guess(tube, lines: limit)
    var spread = 0.25
    if positions.count > 32 * limit, positions.count > 1024 {
      // An eighth of the samples says well enough where to look.
      var coarse = TubeWalk(
        tube: ErrorTube(problem, positions: Self.thinned(positions, of: problem)),
        continuity: continuity)
      let found = try ThresholdSearch(guess: guess, noise: noise, precision: 1e-4) {
        try isPossible($0, &coarse)
      }
      if let found {
        guess = found.possible
        spread = 1e-3
      }
    }
    var walk = TubeWalk(tube: tube, continuity: continuity)
    let found = try ThresholdSearch(guess: guess, spread: spread, noise: noise) {
      try isPossible($0, &walk)
    }
    guard let found else {
      throw ApproximationError.invalid(
        parameter: "entries", value: "\(entries)",
        permitted: "more: no table of that size passes through all \(problem.anchors.count) anchors"
      )
    }
    threshold = found
    walk.run(error: found.possible, limit: limit)
    self.walk = walk
  }

  private static func thinned(_ positions: [Double], of problem: FitProblem) -> [Double] {
    let anchors = Set(problem.anchors.map(\.x))
    return positions.enumerated().filter { index, position in
      index.isMultiple(of: 8) || index + 1 == positions.count || anchors.contains(position)
    }.map(\.element)
  }

  /// (1/16)·(∫√(|f″| / t))² / n², from the samples' own differences.
  private static func guess(_ tube: ErrorTube, lines: Int) -> Double {
    guard tube.count > 2 else { return .leastNormalMagnitude }
    var sum = 0.0
    for index in 1..<(tube.count - 1) {
      let before = tube.x[index] - tube.x[index - 1]
      let after = tube.x[index + 1] - tube.x[index]
      let turn =
        (tube.f[index + 1] - tube.f[index]) / after - (tube.f[index] - tube.f[index - 1]) / before
      sum += (turn.magnitude / tube.t[index] * 0.5 * (before + after)).squareRoot()
    }
    let guess = sum * sum / (16 * Double(lines) * Double(lines))
    return guess.isFinite ? max(guess, .leastNormalMagnitude) : 1
  }
}
