import LookupTables

/// A table of least weighted mean square, in real numbers.
struct MeanSquareSolution {
  var ideal: PiecewiseLinear
  /// The weighted mean of the squared error on the problem's measure; relative when the objective is.
  var error: Double
  /// Where lines take over from each other inside the domain, and from outer zero pieces.
  var cuts: [Double]
  /// The outer pieces that dipping lines answer with 0.
  var zeroEnds: ZeroEnds
}

extension PiecewiseLinear {
  /// The weighted sum of squared errors where negative results become 0.
  fileprivate func error(withFloorOn points: WeightedPoints) -> Double {
    var sum = 0.0
    for (index, x) in points.positions.enumerated() {
      let error = max(0, self(x)) - points.values[index]
      sum += points.weights[index] * error * error
    }
    return sum
  }
}

extension FitProblem {
  /// How much more than the programme says its lines may cost where they answer 0 below their roots.
  private static let closeToProgramme = 1.01
  /// The groups of points a programme resolves at least.
  private static let leastCells = 1024

  /// The discontinuous piecewise-linear function of least weighted mean square under the problem's
  /// anchors and right line.
  ///
  /// The exact programme runs over at least a thousand cells; programmes over windows then move the
  /// cuts to the exact best places between the measure's points. A last line y = x takes over where
  /// that is best, at the latest just above the domain.
  ///
  /// - Parameters:
  ///   - entries: N, in `2...256`.
  ///   - progress: Told the share done; throws to cancel.
  /// - Throws: What `progress` throws; ``ApproximationError`` when no so few lines pass through the
  ///   anchors.
  func leastSquares(entries: Int, progress: (Double) throws -> Void) throws -> MeanSquareSolution {
    try progress(0)
    let points = measure(cutAt: quadratureEdges(entries: entries))
    let groups = PointGroups(points: points, anchors: anchors)
    let costs = groups.costs(anchors: anchors, hasFloor: floorRule == .zero)
    try progress(0.2)
    // On a domain so narrow that f is straight, more lines would follow the rounding of f.
    let pieces =
      isNarrow ? max(1, (anchors.count + 1) / 2) + (endsOnIdentity ? 1 : 0) : entries
    let boundaries = boundaries(groups: groups, cells: max(Self.leastCells, 8 * pieces))
    let programme = PartitionProgramme(
      costs: groups.costs(cells: boundaries, anchors: anchors, of: costs),
      endsOnIdentity: endsOnIdentity)
    var partition = programme.partition(
      pieces: min(pieces, entries), isConvexOrConcave: isConvexOrConcave)
    try progress(0.7)
    let steps = partition.bounds.map { cell -> Int in
      let next = min(cell + 1, boundaries.count - 1)
      let widest = max(
        boundaries[next] - boundaries[cell], boundaries[cell] - boundaries[max(cell - 1, 0)])
      return max(1, widest / 4)
    }
    partition.bounds = partition.bounds.map { boundaries[$0] }
    partition = PartitionRefinement(costs: costs, endsOnIdentity: endsOnIdentity)
      .refined(partition, steps: steps)
    guard partition.error.isFinite else {
      throw ApproximationError.invalid(
        parameter: "entries", value: "\(entries)",
        permitted: "\(anchors.count) anchors need more lines")
    }
    let solution = try solution(
      partition, entries: entries, groups: groups, costs: costs)
    try progress(1)
    guard solution.zeroEnds.count > 0 else { return solution }
    // Extended, a line must fall towards its zero piece; otherwise the table costs more than this.
    let realised = solution.ideal.error(withFloorOn: points)
    guard realised > Self.closeToProgramme * solution.error else { return solution }
    var plain = self
    plain.floorRule = .none
    let other = try plain.leastSquares(entries: entries, progress: progress)
    return other.error <= realised ? other : solution
  }

  /// Where the programme's cells begin and end, as indices of groups: parts of equal mass under the
  /// law of the best knots, joined with even ones; anchors and heavy points stand alone.
  private func boundaries(groups: PointGroups, cells: Int) -> [Int] {
    guard groups.count > cells + cells / 4 else { return Array(0...groups.count) }
    var isBoundary = Array(repeating: false, count: groups.count + 1)
    isBoundary[0] = true
    isBoundary[groups.count] = true
    for quantile in knotDensity.quantiles(parts: cells) {
      isBoundary[groups.first.firstIndex(above: quantile.nextDown)] = true
    }
    let even = max(1, groups.count / (cells / 4))
    for index in stride(from: 0, to: groups.count, by: even) { isBoundary[index] = true }
    let mass = groups.moments.reduce(0) { $0 + $1.w }
    for index in groups.moments.indices where groups.moments[index].w * Double(cells) > mass {
      isBoundary[index] = true
      isBoundary[index + 1] = true
    }
    for index in groups.anchorGroups {
      isBoundary[index] = true
      isBoundary[index + 1] = true
    }
    return isBoundary.indices.filter { isBoundary[$0] }
  }
}
