import LookupTables

/// How far a rounded table is from the true function, through the table's own scalar reference.
///
/// A table of fp16 is judged at inputs that are fp16 numbers, the others at float32 inputs: the
/// error of narrow integers includes the rounding of the input.
struct FitMeasurement {
  /// The largest |t − f| over the domain.
  private(set) var maximumError = 0.0
  /// The weighted mean of (t − f)².
  private(set) var meanSquaredError = 0.0
  /// The largest error in the objective's own terms: relative, weighted.
  private(set) var tubeError = 0.0
  /// The mean square under the measure that fits and bounds work with: ``FitProblem/measure(isFine:)``.
  private(set) var objectiveMeanSquare = 0.0

  init(of table: LookupTable, against problem: FitProblem) {
    let measured = MeasuredTable(table: table, problem: problem)
    for candidate in measured.candidates() {
      let (input, error) = measured.error(at: candidate)
      maximumError = max(maximumError, error.magnitude)
      tubeError = max(tubeError, error.magnitude / problem.tolerance(at: input))
    }

    let edges = problem.grid(isFine: true).edges + measured.breakpoints + measured.inputCellEdges
    let points = WeightedPoints(
      of: problem.function, on: problem.errorWeights, edges: edges.sorted(), mass: problem.mass)
    for (position, weight) in zip(points.positions, points.weights) {
      let error = measured.error(at: position).error
      meanSquaredError += weight * error * error
    }
    // The objective's own measure differs by its background, its divisor and the magnitudes.
    guard problem.isCalibrated || problem.objective.isRelative else {
      objectiveMeanSquare = meanSquaredError
      return
    }
    let measure = problem.measure(cutAt: edges.sorted())
    for (position, weight) in zip(measure.positions, measure.weights) {
      let error = measured.error(at: position).error
      objectiveMeanSquare += weight * error * error
    }
  }
}

/// A table's inside, in real numbers, beside its function.
private struct MeasuredTable {
  let table: LookupTable
  let problem: FitProblem
  let lower: Double
  let upper: Double
  /// Inside the domain, in the input's unit, ascending.
  let breakpoints: [Double]
  private let slopes: [Double]
  private let intercepts: [Double]
  private let allBreakpoints: [Double]

  init(table: LookupTable, problem: FitProblem) {
    self.table = table
    self.problem = problem
    let lower = Double(table.lowerBound)
    let upper = Double(table.upperBound)
    self.lower = lower
    self.upper = upper
    allBreakpoints = table.arithmetic.realBreakpoints
    breakpoints = allBreakpoints.filter { $0 > lower && $0 < upper }
    slopes = table.arithmetic.realSlopes
    intercepts = table.arithmetic.realIntercepts
  }

  /// Where inputs that an int8 or int16 table does not tell apart end; an int32 table's are as fine
  /// as float32.
  var inputCellEdges: [Double] {
    guard case .integer(let numbers) = table.arithmetic, numbers.format != .int32 else { return [] }
    let step = Double(numbers.input.step)
    let edges = numbers.format.integers.map { (Double($0) + 0.5) * step }
    return edges.filter { $0 > lower && $0 < upper }
  }

  /// Inputs among which the largest error is.
  func candidates() -> [Double] {
    if case .fp16 = table.arithmetic { return halves() }
    let kinks = problem.function.kinks(inside: lower...upper)
    let ends = ([lower] + breakpoints + kinks + problem.toleranceSteps + [upper]).sorted()
    var candidates =
      ends
      + inputCellEdges.flatMap {
        [Double(Float($0).nextDown), Double(Float($0)), Double(Float($0).nextUp)]
      }
    candidates += ends.map { Double(Float($0).nextDown) }
    candidates += ends.map { Double(Float($0).nextUp) }
    let bends = problem.function.inflections
    for (start, end) in zip(ends, ends.dropFirst()) where start < end {
      let entry = allBreakpoints.firstIndex(above: 0.5 * (start + end))
      let slope = slopes[entry]
      // A non-negative table bends where a piece reaches zero.
      if slope != 0 { candidates.append(-intercepts[entry] / slope) }
      if case .sampled = problem.function, !problem.objective.isRelative { continue }
      let parts = [start] + bends.filter { $0 > start && $0 < end } + [end]
      for (from, to) in zip(parts, parts.dropFirst()) {
        let position =
          problem.objective.isRelative
          ? largestRelative(slope: slope, intercept: intercepts[entry], from: from, to: to) : nil
        if let position { candidates.append(position) }
        if let position = stationaryPoint(slope: slope, from: from, to: to) {
          candidates.append(position)
        }
      }
    }
    return candidates.filter { $0 >= lower && $0 <= upper }
  }

  /// Every fp16 number of the domain, in any order.
  private func halves() -> [Double] {
    var all: [Double] = []
    let start = Float16(max(lower, -65504))
    let end = Float16(min(upper, 65504))
    var half = start
    while half <= end {
      all.append(Double(half))
      half = half.nextUp
    }
    return all
  }

  /// Where f′ equals the slope between two positions that no inflection separates; nil if nowhere.
  private func stationaryPoint(slope: Double, from start: Double, to end: Double) -> Double? {
    let function = problem.function
    // f′ may jump at the end: what counts is the slope to its left.
    let last = end - (end - start) * 0x1p-40
    let startsBelow = function.firstDerivative(start) < slope
    guard startsBelow != (function.firstDerivative(last) < slope) else { return nil }
    var low = start
    var high = last
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

  /// The largest relative error of a line between two positions, by a scan and golden sections.
  private func largestRelative(
    slope: Double, intercept: Double, from start: Double, to end: Double
  ) -> Double {
    func error(_ x: Double) -> Double {
      (slope * x + intercept - problem.function(x)).magnitude / problem.magnitude(at: x)
    }
    let steps = 16
    let positions = (0...steps).map { start + (end - start) * (Double($0) / Double(steps)) }
    let errors = positions.map(error)
    let best = errors.indices.max { errors[$0] < errors[$1] } ?? 0
    var low = positions[max(best - 1, 0)]
    var high = positions[min(best + 1, steps)]
    let section = 0.6180339887498949
    var left = high - section * (high - low)
    var right = low + section * (high - low)
    var errorLeft = error(left)
    var errorRight = error(right)
    for _ in 0..<40 {
      if errorLeft > errorRight {
        (high, right, errorRight) = (right, left, errorLeft)
        left = high - section * (high - low)
        errorLeft = error(left)
      } else {
        (low, left, errorLeft) = (left, right, errorRight)
        right = low + section * (high - low)
        errorRight = error(right)
      }
    }
    return 0.5 * (low + high)
  }

  /// The input that the table meets instead of `x`, and table − f there, without scaling back.
  func error(at x: Double) -> (input: Double, error: Double) {
    var input = Float(min(max(x, lower), upper))
    if case .fp16 = table.arithmetic { input = Float(HalfEntries.quantized(input)) }
    let real = Double(input)
    return (real, Double(value(at: input)) - problem.function(real))
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
      return table(isEnd ? u.nextDown : max(u, 1))
    }
  }
}
