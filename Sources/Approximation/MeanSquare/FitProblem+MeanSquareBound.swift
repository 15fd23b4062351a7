extension FitProblem {
  /// How close to the optimum a bound should come.
  private static let sufficient = 0.993
  /// Pairs of cells that a programme may look at.
  private static let pairLimit = 6_000_000

  /// A mean squared error that no table of so many entries beats, continuous or not, under the
  /// problem's anchors and right line; its witness are the cells of ``BoundProgramme``.
  ///
  /// - Parameters:
  ///   - entries: N, in `2...256`.
  ///   - achieved: What a table achieves, in the objective's unit; the bound is at most this.
  func meanSquareBound(entries: Int, achieved: Double) throws -> ProvenBound {
    let optimum = try leastSquares(entries: entries) { _ in }.error
    return meanSquareBound(entries: entries, optimum: min(achieved, optimum))
  }

  /// The same when the optimum of ``leastSquares(entries:progress:)`` is known.
  ///
  /// Cells begin coarse. Those that a table not far above the bound can have a breakpoint in are
  /// halved until the bound comes close.
  func meanSquareBound(entries: Int, optimum: Double) -> ProvenBound {
    var edges = startingEdges(parts: 12 * entries)
    guard optimum > 0 else { return ProvenBound(value: 0, witness: .cells(edges)) }
    var possible: [BoundProgramme.Pieces?] = Array(
      repeating: 1...(entries - 1), count: edges.count - 1)
    let grid = SamplingGrid(lower: lower, upper: upper, isFine: entries > 32).edges
    var best = (value: 0.0, edges: edges)
    for _ in 0..<16 {
      let programme = BoundProgramme(
        cells: BoundCells(problem: self, edges: edges, grid: grid), pieces: entries,
        endsOnIdentity: endsOnIdentity, threshold: optimum, possible: possible)
      if programme.bound > best.value { best = (programme.bound, edges) }
      let target = Self.sufficient * optimum
      guard programme.bound < target else { break }
      let before = edges
      (edges, possible) = halved(edges, programme, below: target)
      let growth = Double(edges.count) / Double(before.count)
      guard growth > 1, Double(programme.pairs) * growth * growth < Double(Self.pairLimit) else {
        break
      }
    }
    // Sums of positive terms: their rounding is far below this.
    return ProvenBound(value: best.value * (1 - 1e-9), witness: .cells(best.edges))
  }

  /// Checks a bound again.
  ///
  /// - Parameters:
  ///   - cells: The witness.
  ///   - value: What is claimed.
  /// - Returns: What the cells prove, at most the value: equal to it when the claim is right.
  /// - Throws: ``ApproximationError`` when the cells are not an ascending division of the domain.
  func meanSquareBound(entries: Int, cells: [Double], upTo value: Double) throws -> Double {
    let isAscending = zip(cells, cells.dropFirst()).allSatisfy { $0 <= $1 }
    let isAtMostTwice = zip(cells, cells.dropFirst(2)).allSatisfy { $0 < $1 }
    guard isAscending, isAtMostTwice, cells.first == lower, cells.last == upper else {
      throw ApproximationError.invalid(
        parameter: "cells", value: "of \(cells.count) edges",
        permitted: "they must ascend from \(lower) to \(upper), none thrice")
    }
    let grid = SamplingGrid(lower: lower, upper: upper, isFine: entries > 32).edges
    return BoundProgramme(
      cells: BoundCells(problem: self, edges: cells, grid: grid), pieces: entries,
      endsOnIdentity: endsOnIdentity, threshold: value,
      possible: Array(repeating: 1...(entries - 1), count: cells.count - 1)
    ).bound
  }

  private func halved(
    _ edges: [Double], _ programme: BoundProgramme, below target: Double
  ) -> ([Double], [BoundProgramme.Pieces?]) {
    var finer = [edges[0]]
    var possible: [BoundProgramme.Pieces?] = []
    for cell in 0..<(edges.count - 1) {
      let middle = 0.5 * (edges[cell] + edges[cell + 1])
      if programme.values[cell] < target, middle > edges[cell], middle < edges[cell + 1] {
        finer.append(middle)
        possible.append(programme.possible[cell])
      }
      finer.append(edges[cell + 1])
      possible.append(programme.possible[cell])
    }
    return (finer, possible)
  }

  /// Cells of equal mass under the law of the best knots, joined with even ones; anchors and single
  /// inputs are cells of their own.
  private func startingEdges(parts: Int) -> [Double] {
    let grid = SamplingGrid(lower: lower, upper: upper, isFine: false)
    let density = KnotDensity(
      function: function, points: measure(cutAt: grid.edges), edges: grid.edges)
    var positions = density.quantiles(parts: parts).filter { $0 > lower && $0 < upper }
    for step in 1..<128 { positions.append(lower + (upper - lower) * (Double(step) / 128)) }
    positions += [lower, upper]
    let single = Set(
      anchors.map(\.x) + errorWeights.filter { $0.lower == $0.upper }.map(\.lower))
    positions += single
    positions.sort()
    var edges: [Double] = []
    for position in positions where position >= lower && position <= upper {
      if edges.last == position { continue }
      edges.append(position)
      if single.contains(position) { edges.append(position) }
    }
    return edges
  }
}
