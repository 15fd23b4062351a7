import LookupTables

extension FitProblem {
  /// What the rounded table achieves and what no table of its kind beats.
  ///
  /// - Parameter continuity: Of the tables that the bound speaks of.
  /// - Throws: ``ApproximationError`` when no table of so many entries meets the constraints.
  func certificate(for table: LookupTable, continuity: Continuity) throws -> Certificate {
    let achieved = try achieved(by: table)
    let free = withoutConstraints()
    let bound = try bound(for: table, continuity: continuity, achieved: achieved)
    let isFree = anchors.isEmpty && !endsOnIdentity
    return Certificate(
      objective: objective, continuity: continuity, entries: table.entries, lower: lower,
      upper: upper, anchors: anchors, endsOnIdentity: endsOnIdentity, isWeighted: isCalibrated,
      floor: floorRule, relativeFloor: objective.isRelative ? relativeFloor : nil,
      maximumError: achieved.maximum, meanSquaredError: achieved.meanSquare, bound: bound,
      freeBound: isFree
        ? bound
        : try free.bound(for: table, continuity: continuity, achieved: achieved))
  }

  /// What a table achieves in the objective's terms.
  typealias Achieved = (maximum: Double, meanSquare: Double)

  /// The largest error in units of ``tolerance(at:)`` and the mean square under ``measure(isFine:)``,
  /// of the table's lines without its floor `max(0, y)`: bounds speak of lines, and the floor can
  /// only bring a table closer. The exact programme of int8 tables knows the floor, so there it counts.
  func achieved(by table: LookupTable) throws -> Achieved {
    let lines = try LookupTable(
      arithmetic: table.arithmetic, lowerBound: table.lowerBound, upperBound: table.upperBound,
      left: table.left, right: table.right, scaling: table.scaling,
      scaledFunction: table.scaledFunction,
      isNonNegative: table.format == .int8 && table.isNonNegative)
    let measurement = FitMeasurement(of: lines, against: self)
    return (measurement.tubeError, measurement.objectiveMeanSquare)
  }

  private func bound(
    for table: LookupTable, continuity: Continuity, achieved: Achieved
  ) throws -> ProvenBound {
    let nothing = ProvenBound(
      value: 0, witness: objective.isMaximum ? .alternations([]) : .cells([lower, upper]))
    // One line fits to float32's precision: nothing better than 0 is claimed.
    if isNarrow { return nothing }
    if case .integer(let numbers) = table.arithmetic, numbers.format == .int8 {
      // A staircase over 256 inputs: bounds for lines do not speak of it.
      guard var bound = exhaustiveBound(like: numbers) else { return nothing }
      // The programme sums over coarser cells than the measurement; the table is one of those it
      // speaks of.
      bound.value = min(bound.value, objective.isMaximum ? achieved.maximum : achieved.meanSquare)
      return bound
    }
    return objective.isMaximum
      ? try minimaxBound(entries: table.entries, continuity: continuity)
      : try meanSquareBound(entries: table.entries, achieved: achieved.meanSquare)
  }
}
