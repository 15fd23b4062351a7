import LookupTables

extension FitRequest {
  /// What ``FittedTable/maximumError`` and ``FittedTable/meanSquaredError`` are of a table of this
  /// request.
  /// - Throws: ``ApproximationError`` for a request that cannot be met.
  public func errors(of table: LookupTable) throws -> (maximum: Double, meanSquare: Double) {
    try validate()
    let measurement = FitMeasurement(of: table, against: FitProblem(self))
    return (measurement.maximumError, measurement.meanSquaredError)
  }
}

extension Certificate {
  /// Checks everything again: what the table achieves on the true function, and both bounds from
  /// their witnesses.
  ///
  /// - Parameters:
  ///   - table: The rounded table that the certificate belongs to.
  ///   - request: What was asked for; gives function, domain, weights and constraints.
  /// - Returns: What does not hold, a line each; empty when all does.
  /// - Throws: ``ApproximationError`` when the request itself cannot be met.
  public func problems(of table: LookupTable, request: FitRequest) throws -> [String] {
    try request.validate()
    let problem = request.certified(FitProblem(request))
    var found: [String] = []
    if objective != request.objective { found.append("the objective is not the request's") }
    if entries != table.entries || entries != request.entries {
      found.append("the certificate speaks of \(entries) entries, the table has \(table.entries)")
    }
    if continuity != request.certifiedContinuity {
      found.append("the certificate speaks of \(continuity.rawValue) tables")
    }
    if lower != problem.lower || upper != problem.upper {
      found.append("the domain [\(lower), \(upper)] is not the request's")
    }
    if anchors != problem.anchors || endsOnIdentity != problem.endsOnIdentity {
      found.append("the constraints are not the request's")
    }
    if floor != problem.floorRule {
      found.append("the rule for results below 0 is not the table's")
    }
    if relativeFloor != (objective.isRelative ? problem.relativeFloor : nil) {
      found.append("relative errors are divided by another least magnitude")
    }
    if isWeighted != problem.isCalibrated { found.append("the weights are not the request's") }
    let achieved = problem.achieved(by: table)
    found += Self.difference("largest error", says: maximumError, is: achieved.maximum)
    found += Self.difference("mean squared error", says: meanSquaredError, is: achieved.meanSquare)
    guard PiecewiseLinear.entryLimits.contains(entries) else { return found }
    if bound.value < freeBound.value {
      found.append("the bound under constraints is below that without")
    }
    // A free bound can be the better one under constraints too.
    if bound != freeBound {
      found += try failure(of: bound, of: table, in: problem).map { "the bound: \($0)" }
    }
    if achieved.value(of: objective) < bound.value * (1 - Self.rounding) {
      found.append("the table's error is below its bound")
    }
    found += try failure(of: freeBound, of: table, in: problem.withoutConstraints()).map {
      "the free bound: \($0)"
    }
    return found
  }

  private static func difference(_ what: String, says: Double, is found: Double) -> [String] {
    (says - found).magnitude <= 1e-9 * found.magnitude
      ? [] : ["the \(what) is \(found), not \(says)"]
  }

  /// What is wrong with a bound; empty when its witness proves it.
  private func failure(
    of bound: ProvenBound, of table: LookupTable, in problem: FitProblem
  ) throws -> [String] {
    guard bound.value >= 0, bound.value.isFinite else { return ["\(bound.value) is no error"] }
    guard bound.value > 0 else { return [] }
    let proven: Double
    switch (bound.witness, objective.isMaximum) {
    case (.alternations(let positions), true):
      proven = problem.error(provenBy: positions, entries: entries)
    case (.tube(let positions), true):
      guard continuity == .continuous, problem.isAscendingInside(positions) else {
        return ["its positions are no ascending ones of the domain, or its tables need not meet"]
      }
      proven = problem.pathBound(entries: entries, positions: positions)
    case (.cells(let edges), false):
      proven = try problem.meanSquareBound(entries: entries, cells: edges, upTo: bound.value)
    case (.exhaustive, _):
      guard case .integer(let numbers) = table.arithmetic,
        let exact = problem.exhaustiveBound(like: numbers)
      else { return ["there is no exact programme for this number format"] }
      proven = exact.value
    case (.alternations, false), (.tube, false), (.cells, true):
      return ["its witness says nothing about this objective"]
    }
    return proven >= bound.value * (1 - 1e-9)
      ? [] : ["its witness proves \(proven), not \(bound.value)"]
  }
}

extension FitProblem {
  fileprivate func isAscendingInside(_ positions: [Double]) -> Bool {
    positions.allSatisfy { $0 >= lower && $0 <= upper }
      && zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 }
  }

  /// The least error that so many triples leave to N lines: N − 1 breakpoints cut at most N − 1 of N
  /// triples whose spans do not overlap, so one of them meets a single line. With the last line
  /// y = x, one triple less and a single position beyond it.
  ///
  /// - Returns: 0 when the positions prove nothing.
  func error(provenBy positions: [[Double]], entries: Int) -> Double {
    var triples = positions
    var least = Double.infinity
    var needed = entries
    var end = Double.infinity
    if endsOnIdentity, let last = triples.last, last.count == 1 {
      triples.removeLast()
      needed -= 1
      end = last[0]
      guard end >= lower, end <= upper else { return 0 }
      let isOffAnchor = anchors.contains { $0.x == end && $0.y != end }
      if !isOffAnchor { least = identityMiss(at: end) }
    }
    guard triples.count >= needed else { return 0 }
    var previous = lower
    for triple in triples {
      guard triple.count == 3, previous <= triple[0], triple[0] < triple[1], triple[1] < triple[2],
        triple[2] <= min(upper, end)
      else { return 0 }
      previous = triple[2]
      least = min(least, leastError(on: triple))
    }
    return least
  }
}
