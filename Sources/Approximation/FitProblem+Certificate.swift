import LookupTables

extension FitProblem {
  /// What the rounded table achieves and what no table of its kind beats.
  ///
  /// - Parameter continuity: Of the tables that the bound speaks of.
  /// - Throws: ``ApproximationError`` when no table of so many entries meets the constraints.
  func certificate(for table: LookupTable, continuity: Continuity) throws -> Certificate {
    let achieved = achieved(by: table)
    var bound = try bound(for: table, continuity: continuity)
    let isFree = anchors.isEmpty && !endsOnIdentity && floorRule != .avoided
    var freeBound =
      isFree ? bound : try withoutConstraints().bound(for: table, continuity: continuity)
    // What no table beats, no table under constraints beats.
    if bound.value < freeBound.value { bound = freeBound }
    bound.value = lowered(bound.value, for: table, achieving: achieved.value(of: objective))
    freeBound.value = min(freeBound.value, bound.value)
    return Certificate(
      objective: objective, continuity: continuity, entries: table.entries, lower: lower,
      upper: upper, anchors: anchors, endsOnIdentity: endsOnIdentity, isWeighted: isCalibrated,
      floor: floorRule, relativeFloor: objective.isRelative ? relativeFloor : nil,
      maximumError: achieved.maximum, meanSquaredError: achieved.meanSquare, bound: bound,
      freeBound: freeBound)
  }

  /// What a table achieves in the objective's terms.
  struct Achieved {
    var maximum: Double
    var meanSquare: Double

    func value(of objective: Objective) -> Double { objective.isMaximum ? maximum : meanSquare }
  }

  /// The largest error in units of ``tolerance(at:)`` and the mean square under ``measure(cutAt:)``.
  func achieved(by table: LookupTable) -> Achieved {
    let measurement = FitMeasurement(of: table, against: self)
    return Achieved(
      maximum: measurement.tubeError, meanSquare: measurement.objectiveMeanSquare)
  }

  /// Bounds speak of tables in real numbers. Where steps are coarse, rounding can by chance bring a
  /// table a little below what any such table reaches; the bound is then lowered by the most that
  /// rounding can take off. A root mean square falls by no more than the root mean square of what
  /// rounding moves results by (triangle inequality).
  private func lowered(_ bound: Double, for table: LookupTable, achieving achieved: Double)
    -> Double
  {
    guard achieved < bound, table.format != .int8 else { return bound }
    let points = measure(cutAt: grid(isFine: false).edges)
    var largest = 0.0
    var square = 0.0
    for (x, weight) in zip(points.positions, points.weights) {
      let reach = roundingReach(of: table, at: x)
      largest = max(largest, reach / tolerance(at: x))
      square += weight * reach * reach
    }
    guard !objective.isMaximum else { return max(0, bound - largest) }
    let root = max(0, bound.squareRoot() - square.squareRoot())
    return root * root
  }

  /// By how much rounding can move the result at a position: product and sum to half a unit in the last
  /// place each; half a step of an integer result, and of the input on line or function.
  private func roundingReach(of table: LookupTable, at x: Double) -> Double {
    let arithmetic = table.arithmetic
    let entry = arithmetic.realBreakpoints.firstIndex(above: x)
    let slope = arithmetic.realSlopes[entry]
    let product = slope * x
    let sum = (product + arithmetic.realIntercepts[entry]).magnitude
    switch arithmetic {
    case .fp32, .fp16:
      let unit = table.format == .fp16 ? 0x1p-11 : 0x1p-24
      return unit * (product.magnitude + sum)
    case .integer(let numbers):
      let steepest = max(slope.magnitude, function.firstDerivative(x).magnitude)
      let steps = Double(numbers.output.step) + steepest * Double(numbers.input.step)
      // Integers of more than 24 bits are rounded to float32.
      return 0.5 * steps + 0x1p-24 * (sum + steepest * x.magnitude)
    }
  }

  /// Why a ratio is far above 1: what the number format costs, and how far the bound may be from the
  /// best table whose lines meet; nil where it is not.
  func reasonForRatio(
    of certificate: Certificate, table: LookupTable, ideal: PiecewiseLinear,
    scaling: InputScaling
  ) -> String? {
    guard certificate.ratio > Self.plainRatio, certificate.ratio.isFinite else { return nil }
    let exact = error(of: ideal)
    var reasons: [String] = []
    if certificate.achieved > Self.plainRatio * exact {
      reasons.append(
        "\(table.format.rawValue)'s rounding, without which it would be "
          + shortened(exact / certificate.bound.value) + inputStepReason(of: table))
    }
    if exact > Self.plainRatio * certificate.bound.value {
      reasons.append(
        objective.isMaximum
          ? "the lines themselves, which are not the best"
          : certificate.continuity == .continuous
            ? "the bound, which speaks of tables whose lines need not meet too, or the lines themselves"
            : "the bound or the lines themselves")
    }
    guard !reasons.isEmpty else { return nil }
    let remedy =
      certificate.isFarFromBound && scaling != .exponent
        && function.permittedScalings.contains(.exponent)
      ? "; with scaling: exponent the lines have one octave to follow" : ""
    return "because of " + reasons.joined(separator: "; and of ") + remedy
  }

  /// A ratio up to which nobody asks.
  private static let plainRatio = 1.05

  private func shortened(_ ratio: Double) -> String {
    "\((ratio * 1000).rounded() / 1000)"
  }

  private func inputStepReason(of table: LookupTable) -> String {
    guard case .integer(let numbers) = table.arithmetic else { return "" }
    return " (its input step is \(numbers.input.step))"
  }

  /// What lines achieve in real numbers, in the objective's unit.
  func error(of lines: PiecewiseLinear) -> Double {
    let cuts = lines.breakpoints.filter { $0 > lower && $0 < upper }
    let points = measure(cutAt: Self.joined(grid(isFine: true).edges, cuts))
    guard objective.isMaximum else {
      var sum = 0.0
      for (index, x) in points.positions.enumerated() {
        let error = floored(lines(x)) - points.values[index]
        sum += points.weights[index] * error * error
      }
      return sum
    }
    let places = points.positions + cuts + toleranceSteps + [lower, upper]
    return places.reduce(0) {
      max($0, (floored(lines($1)) - function($1)).magnitude / tolerance(at: $1))
    }
  }

  private func bound(
    for table: LookupTable, continuity: Continuity
  ) throws -> ProvenBound {
    let nothing = ProvenBound(
      value: 0, witness: objective.isMaximum ? .alternations([]) : .cells([lower, upper]))
    // One line fits to float32's precision: nothing better than 0 is claimed.
    if isNarrow { return nothing }
    if case .integer(let numbers) = table.arithmetic, numbers.format == .int8 {
      // A staircase over 256 inputs: bounds for lines do not speak of it.
      return exhaustiveBound(like: numbers) ?? nothing
    }
    return objective.isMaximum
      ? try minimaxBound(entries: table.entries, continuity: continuity)
      : try meanSquareBound(entries: table.entries)
  }
}
