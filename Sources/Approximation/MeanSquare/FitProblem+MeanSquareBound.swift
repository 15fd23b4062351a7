extension FitProblem {
  /// How close to the optimum a bound should come.
  private static let sufficient = 0.993
  /// Pairs of cells that a programme may look at, and sums that it may form.
  private static let limit = (pairs: 1.2e7, sums: 5.0e8)
  /// The most single inputs that are cells of their own.
  private static let mostSingles = 512
  /// A mean square this far below that of f is f's own rounding.
  private static let rounding = 1e-28
  /// Tables that cost more than the best known by this factor are left out: the programme would show
  /// it if it found that no table is as good as one that exists.
  private static let reach = 1.005

  /// A mean squared error that no table of so many entries beats, continuous or not, under the
  /// problem's anchors and right line; its witness are the cells of ``BoundProgramme``.
  ///
  /// - Parameter entries: N, in `2...256`.
  func meanSquareBound(entries: Int) throws -> ProvenBound {
    let optimum = try leastSquares(entries: entries) { _ in }.error
    return meanSquareBound(entries: entries, optimum: optimum)
  }

  /// The same when the optimum of ``leastSquares(entries:progress:)`` is known.
  ///
  /// Cells begin coarse. Those that a table not far above the bound can have a breakpoint in are
  /// halved until the bound comes close.
  func meanSquareBound(entries: Int, optimum: Double) -> ProvenBound {
    let points = measure(cutAt: grid(isFine: false).edges)
    let square = zip(points.weights, points.values).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    guard optimum > Self.rounding * square else {
      return ProvenBound(value: 0, witness: .cells([lower, upper]))
    }
    var edges = startingEdges(parts: 8 * entries)
    let target = Self.sufficient * optimum
    let quadrature = quadratureEdges(entries: entries)
    let threshold = Self.reach * optimum
    var prior = BoundProgramme.Prior.none(
      cells: edges.count - 1, pieces: entries, hasZeros: floorRule == .zero)
    var best = (value: 0.0, edges: edges)
    for _ in 0..<16 {
      let programme = BoundProgramme(
        cells: BoundCells(problem: self, edges: edges, quadrature: quadrature), pieces: entries,
        endsOnIdentity: endsOnIdentity, threshold: threshold, prior: prior)
      let bound = min(programme.bound, threshold)
      if bound > best.value { best = (bound, edges) }
      let finer = halved(edges, programme, below: target)
      let growth = Double(finer.edges.count) / Double(edges.count)
      guard programme.bound < target, growth > 1,
        Double(programme.effort.pairs) * growth * growth < Self.limit.pairs,
        Double(programme.effort.sums) * growth * growth < Self.limit.sums
      else { break }
      edges = finer.edges
      prior = programme.posterior.inherited(by: finer.parents)
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
    let quadrature = quadratureEdges(entries: entries)
    var bound = 0.0
    var prior: BoundProgramme.Prior?
    var before: [Bool] = []
    // Coarser cells first: they show what need not be looked at.
    for stride in [64, 16, 4, 1] {
      let isKept = cells.indices.map { index in
        index % stride == 0 || index == cells.count - 1
          || (index > 0 && cells[index - 1] == cells[index])
          || (index + 1 < cells.count && cells[index] == cells[index + 1])
      }
      let kept = cells.indices.filter { isKept[$0] }
      let inherited = prior.map { prior in
        var parent = -1
        var parents: [Int] = []
        for index in kept {
          if before[index] { parent += 1 }
          parents.append(parent)
        }
        return prior.inherited(by: parents.dropLast())
      }
      let programme = BoundProgramme(
        cells: BoundCells(problem: self, edges: kept.map { cells[$0] }, quadrature: quadrature),
        pieces: entries, endsOnIdentity: endsOnIdentity, threshold: value,
        prior: inherited
          ?? .none(cells: kept.count - 1, pieces: entries, hasZeros: floorRule == .zero))
      bound = max(bound, min(programme.bound, value))
      prior = programme.posterior
      before = isKept
    }
    return bound
  }

  private func halved(
    _ edges: [Double], _ programme: BoundProgramme, below target: Double
  ) -> (edges: [Double], parents: [Int]) {
    var finer = [edges[0]]
    var parents: [Int] = []
    for cell in 0..<(edges.count - 1) {
      let middle = 0.5 * (edges[cell] + edges[cell + 1])
      if programme.values[cell] < target, middle > edges[cell], middle < edges[cell + 1] {
        finer.append(middle)
        parents.append(cell)
      }
      finer.append(edges[cell + 1])
      parents.append(cell)
    }
    return (finer, parents)
  }

  /// Cells of equal mass under the law of the best knots, joined with even ones; anchors and single
  /// inputs are cells of their own.
  private func startingEdges(parts: Int) -> [Double] {
    var positions = knotDensity.quantiles(parts: parts).filter { $0 > lower && $0 < upper }
    for step in 1..<128 { positions.append(lower + (upper - lower) * (Double(step) / 128)) }
    positions += [lower, upper]
    // Very many single inputs are nearly a density.
    let inputs = errorWeights.filter { $0.lower == $0.upper }.map(\.lower)
    let single = Set(anchors.map(\.x) + (inputs.count <= Self.mostSingles ? inputs : []))
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
