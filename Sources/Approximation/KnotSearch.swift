/// The recipe's search for good knots: several deterministic starts, each polished, then knots moved
/// from where they are least needed to where the error is largest, as long as that helps.
struct KnotSearch {
  let problem: KnotLeastSquares
  let density: KnotDensity
  private(set) var best: KnotLeastSquares.Solution
  private var startsTried: [String] = []
  private var evaluations = 0
  private var relocations = 0

  init(problem: KnotLeastSquares, density: KnotDensity) {
    self.problem = problem
    self.density = density
    best = .init(error: .infinity, nodes: [], values: [], gradient: [], pieceErrors: [])
  }

  /// - Parameters:
  ///   - pieces: At least 1; with the identity constraint at least 2.
  ///   - exactCuts: Of the best discontinuous function; used when there is one between each two
  ///     pieces.
  mutating func run(
    pieces: Int, withProgramme: Bool, exactCuts: [Double] = [], progress: (Double) throws -> Void
  ) throws {
    try progress(0)
    tryStart("density law", density.quantiles(parts: pieces))
    try progress(0.3)
    if withProgramme {
      let groups = min(8 * pieces + 64, 400)
      let edges =
        [problem.lower] + density.quantiles(parts: groups).filter { $0 < problem.upper }
        + [problem.upper]
      let cuts = CutProgramme(points: problem.points, edges: Self.distinct(edges)).cuts(
        pieces: pieces, endsOnIdentity: problem.constraints.endsOnIdentity)
      if let cuts { tryStart("dynamic programme", cuts) }
    }
    if exactCuts.count == pieces - 1 { tryStart("exact cuts", exactCuts) }
    try progress(0.6)
    while relocations < 8, withProgramme, relocateKnot() {
      try progress(0.6 + 0.04 * Double(relocations))
    }
    try progress(1)
  }

  func record(in notes: inout [String: String]) {
    notes["starts"] = startsTried.joined(separator: ", ")
    notes["evaluations"] = "\(evaluations)"
    notes["relocations"] = "\(relocations)"
  }

  @discardableResult
  private mutating func tryStart(_ name: String?, _ knots: [Double]) -> Bool {
    guard KnotLeastSquares.ascends(knots, from: problem.lower, to: problem.upper) else {
      return false
    }
    let (solution, evaluations) = problem.polished(from: knots)
    self.evaluations += evaluations
    if let name { startsTried.append(name) }
    guard solution.error < best.error else { return false }
    best = solution
    return true
  }

  /// Takes the knot away that is missed least, puts one where it helps most, and polishes.
  private mutating func relocateKnot() -> Bool {
    let knots = Array(best.nodes.dropFirst().dropLast())
    guard knots.count > 1 else { return false }
    let without = knots.indices.map { index in
      var fewer = knots
      fewer.remove(at: index)
      return fewer
    }
    guard let fewer = leastError(without) else { return false }
    let nodes = [problem.lower] + fewer + [problem.upper]
    let more = (0..<(nodes.count - 1)).map { gap -> [Double] in
      var more = fewer
      more.insert(0.5 * (nodes[gap] + nodes[gap + 1]), at: gap)
      return more
    }
    guard let start = leastError(more) else { return false }
    let before = best.error
    guard tryStart(nil, start), best.error < before * (1 - 1e-4) else { return false }
    relocations += 1
    return true
  }

  private mutating func leastError(_ candidates: [[Double]]) -> [Double]? {
    evaluations += candidates.count
    let errors = candidates.map { problem.solve(knots: $0).error }
    return zip(candidates, errors).min { $0.1 < $1.1 }?.0
  }

  private static func distinct(_ ascending: [Double]) -> [Double] {
    var kept: [Double] = []
    for value in ascending where kept.last.map({ $0 < value }) ?? true { kept.append(value) }
    return kept
  }
}
