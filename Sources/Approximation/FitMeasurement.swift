import LookupTables

/// How far a rounded table is from the true function, through the table's own scalar reference.
struct FitMeasurement {
  private(set) var maximumError = 0.0
  private(set) var meanSquaredError = 0.0

  init(of table: LookupTable, against problem: FitProblem) {
    let core = MeasuredTable(table: table, function: problem.function)
    let lower = Double(table.lowerBound)
    let upper = Double(table.upperBound)
    let breakpoints = core.breakpoints.filter { $0 > lower && $0 < upper }
    maximumError = Self.candidates(core, lower: lower, upper: upper, breakpoints: breakpoints)
      .reduce(0) { max($0, core.error(at: $1, in: lower...upper).magnitude) }

    let grid = SamplingGrid(lower: problem.lower, upper: problem.upper, isFine: true)
    let points = WeightedPoints(
      of: problem.function, on: problem.errorWeights, edges: (grid.edges + breakpoints).sorted(),
      mass: problem.mass)
    for (position, weight) in zip(points.positions, points.weights) {
      let error = core.error(at: position, in: lower...upper)
      meanSquaredError += weight * error * error
    }
  }

  /// Both sides of every breakpoint, the bounds, every stationary point of the error on a piece,
  /// and the place where a piece reaches zero (a non-negative table bends there).
  private static func candidates(
    _ table: MeasuredTable, lower: Double, upper: Double, breakpoints: [Double]
  ) -> [Double] {
    let ends = [lower] + breakpoints + [upper]
    var candidates = ends + breakpoints.map { Double(Float($0).nextDown) }
    let bends = table.function.inflections
    for (start, end) in zip(ends, ends.dropFirst()) where start < end {
      let line = table.line(at: 0.5 * (start + end))
      if line.slope != 0 { candidates.append(-line.intercept / line.slope) }
      let parts = [start] + bends.filter { $0 > start && $0 < end } + [end]
      for (from, to) in zip(parts, parts.dropFirst()) {
        if let position = table.stationaryPoint(slope: line.slope, from: from, to: to) {
          candidates.append(position)
        }
      }
    }
    return candidates.filter { $0 >= lower && $0 <= upper }
  }
}

/// A table's inside, in real numbers, beside its function.
private struct MeasuredTable {
  let table: LookupTable
  let function: ApproximatedFunction

  /// In the input's unit.
  var breakpoints: [Double] { table.arithmetic.realBreakpoints }

  /// The line that serves `x`, before rounding.
  func line(at x: Double) -> (slope: Double, intercept: Double) {
    let index = breakpoints.firstIndex(above: x)
    return (table.arithmetic.realSlopes[index], table.arithmetic.realIntercepts[index])
  }

  /// Where f′ equals the slope between two positions that no inflection separates; nil if nowhere.
  func stationaryPoint(slope: Double, from start: Double, to end: Double) -> Double? {
    let startsBelow = function.firstDerivative(start) < slope
    guard startsBelow != (function.firstDerivative(end) < slope) else { return nil }
    var low = start
    var high = end
    for _ in 0..<48 {
      let middle = 0.5 * (low + high)
      if (function.firstDerivative(middle) < slope) == startsBelow {
        low = middle
      } else {
        high = middle
      }
    }
    return 0.5 * (low + high)
  }

  /// table(x) − f(x) at the float32 nearest to `x` within the domain, without scaling back.
  func error(at x: Double, in domain: ClosedRange<Double>) -> Double {
    let input = Float(min(max(x, domain.lowerBound), domain.upperBound))
    return Double(value(at: input)) - function(Double(input))
  }

  /// Scaling maps the domain of m, and inputs of `paper` from 1 on, to themselves; the rest is
  /// reached through the input that scales to it.
  private func value(at u: Float) -> Float {
    switch table.scaling {
    case .none: return table(u)
    case .paper: return u >= 1 ? table(u) : table(u / 1024) / 32
    case .exponent:
      // m's upper bound is the next octave's start: its line's end belongs to the last number below.
      let isEnd = u >= table.upperBound
      return table(isEnd ? u.nextDown : u)
    }
  }
}
