import LookupTables

/// How far a rounded table is from the true function, through the table's own scalar reference.
///
/// A table of fp16 is judged at inputs that are fp16 numbers, the others at float32 inputs: the
/// error of narrow integers includes the rounding of the input.
struct FitMeasurement {
  /// The largest |t − f| over the domain.
  private(set) var maximumError = 0.0
  /// The mean of (t − f)² under ``FitProblem/measure(cutAt:rule:)`` without regard to the objective.
  private(set) var meanSquaredError = 0.0
  /// The largest error in the objective's own terms: relative, weighted.
  private(set) var tubeError = 0.0
  /// The mean square in the objective's own terms.
  private(set) var objectiveMeanSquare = 0.0

  init(of table: LookupTable, against problem: FitProblem) {
    let measured = MeasuredTable(table: table, problem: problem)
    for candidate in measured.candidates() {
      let (input, error) = measured.error(at: candidate)
      maximumError = max(maximumError, error.magnitude)
      tubeError = max(tubeError, error.magnitude / problem.tolerance(at: input))
    }
    let cuts = (measured.breakpoints + measured.roots + measured.inputCellEdges).sorted()
    let points = problem.plainMeasure(
      cutAt: FitProblem.joined(problem.grid(isFine: true).edges, cuts), rule: .three)
    for (position, weight) in zip(points.positions, points.weights) {
      let error = measured.error(at: position).error
      let square = weight * error * error
      meanSquaredError += square
      guard problem.objective.isRelative else { continue }
      let magnitude = problem.magnitude(at: position)
      objectiveMeanSquare += square / (magnitude * magnitude)
    }
    if !problem.objective.isRelative { objectiveMeanSquare = meanSquaredError }
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

  /// Where lines cross 0 inside their pieces, if results below 0 become 0: the table bends there.
  var roots: [Double] {
    guard table.isNonNegative else { return [] }
    return pieces.compactMap { piece in
      let root = -intercepts[piece.entry] / slopes[piece.entry]
      return root > piece.start && root < piece.end ? root : nil
    }
  }

  /// The entries that serve the domain, and where.
  private var pieces: [(entry: Int, start: Double, end: Double)] {
    let ends = [lower] + breakpoints + [upper]
    return zip(ends, ends.dropFirst()).compactMap { start, end in
      start < end ? (allBreakpoints.firstIndex(above: 0.5 * (start + end)), start, end) : nil
    }
  }

  /// Where inputs that an int8 or int16 table does not tell apart end; an int32 table's are as fine
  /// as float32.
  var inputCellEdges: [Double] {
    guard case .integer(let numbers) = table.arithmetic, numbers.format != .int32 else { return [] }
    let step = Double(numbers.input.step)
    // Beyond the largest integer inputs saturate.
    let edges = numbers.format.integers.dropLast().map { (Double($0) + 0.5) * step }
    return edges.filter { $0 > lower && $0 < upper }
  }

  /// Where the inputs end that an int32 table's breakpoints divide.
  private var breakpointCellEdges: [Double] {
    guard case .integer(let numbers) = table.arithmetic, numbers.format == .int32 else { return [] }
    let edges = numbers.breakpoints.map { (Double($0) - 0.5) * Double(numbers.input.step) }
    return edges.filter { $0 > lower && $0 < upper }
  }

  /// Inputs among which the largest error is: the ends of all that is smooth, on both sides, and the
  /// extrema between them, solved for. An fp16 table's inputs are all looked at, and all that int8 and
  /// int16 tables tell apart; where rounding noise rides on an extremum of the others, so are some
  /// neighbours.
  func candidates() -> [Double] {
    if case .fp16 = table.arithmetic { return halves() }
    let function = problem.function
    let kinks = function.kinks(inside: lower...upper)
    var candidates: [Double] = []
    func include(_ x: Double) {
      let nearest = Float(x)
      candidates += [Double(nearest.nextDown), Double(nearest), Double(nearest.nextUp)]
    }
    for edge in inputCellEdges + breakpointCellEdges { candidates += inputs(beside: edge) }
    let turns = problem.grid(isFine: false).edges.changes { function.firstDerivative($0) < 0 }
    let inner = kinks + problem.toleranceSteps + problem.relativeGrading.bends + roots + turns
    for x in [lower, upper] + breakpoints + inner { include(x) }
    let isStraight = if case .sampled = function { true } else { false }
    let bends = (function.inflections + inner).sorted()
    for piece in pieces {
      let slope = slopes[piece.entry]
      let parts =
        [piece.start] + bends.filter { $0 > piece.start && $0 < piece.end } + [piece.end]
      for (from, to) in zip(parts, parts.dropFirst()) where from < to {
        if problem.objective.isRelative {
          candidates += largestRelative(
            slope: slope, intercept: intercepts[piece.entry], from: from, to: to)
        }
        if !isStraight, let peak = stationaryPoint(slope: slope, from: from, to: to) {
          candidates += neighbours(of: peak, within: piece.end - piece.start)
        }
      }
      for end in [piece.start, piece.end] {
        candidates += neighbours(of: end, within: piece.end - piece.start)
      }
    }
    return candidates.filter { $0 >= lower && $0 <= upper }
  }

  /// The last input that the table quantises to the integer below a cell's edge, and the first above:
  /// the quotient's rounding moves the edge by a few float32.
  private func inputs(beside edge: Double) -> [Double] {
    guard case .integer(let numbers) = table.arithmetic else { return [] }
    var last = Float(edge)
    let above = Int((edge / Double(numbers.input.step)).rounded(.up))
    while Int(numbers.quantizedInput(last)) >= above { last = last.nextDown }
    while Int(numbers.quantizedInput(last.nextUp)) < above { last = last.nextUp }
    return [Double(last), Double(last.nextUp)]
  }

  /// Some inputs so close to one that only rounding tells their errors apart.
  private func neighbours(of x: Double, within width: Double) -> [Double] {
    let count = problem.toleranceSteps.count > 64 ? 2 : 16
    return (-count...count).map { x + width * 0x1p-14 * Double($0) } + [x]
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
    for _ in 0..<100 {
      let middle = 0.5 * (low + high)
      guard middle > low, middle < high else { break }
      if (function.firstDerivative(middle) < slope) == startsBelow {
        low = middle
      } else {
        high = middle
      }
    }
    return 0.5 * (low + high)
  }

  /// Where a line's relative error is largest between two positions, and where it is nearly as large:
  /// by a scan and golden sections.
  private func largestRelative(
    slope: Double, intercept: Double, from start: Double, to end: Double
  ) -> [Double] {
    func error(_ x: Double) -> Double {
      (slope * x + intercept - problem.function(x)).magnitude / problem.magnitude(at: x)
    }
    let steps = 48
    let even = (0...steps).map { start + (end - start) * (Double($0) / Double(steps)) }
    let graded = problem.relativeGrading.edges.filter { $0 > start && $0 < end }
    let positions = FitProblem.joined(even, graded)
    let errors = positions.map(error)
    let largest = errors.max() ?? 0
    return positions.indices.compactMap { index in
      let low = max(index - 1, 0)
      let high = min(index + 1, positions.count - 1)
      guard errors[index] >= max(errors[low], errors[high], 0.9 * largest) else { return nil }
      return Self.peak(from: positions[low], to: positions[high], of: error)
    }
  }

  /// The largest value's place between two positions, by golden sections.
  private static func peak(
    from low: Double, to high: Double, of error: (Double) -> Double
  ) -> Double {
    var (low, high) = (low, high)
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

  /// Whether the table tells neighbouring float32 inputs apart, so that they and not the positions
  /// between them are what it is judged at.
  private var tellsInputsApart: Bool {
    guard case .integer(let numbers) = table.arithmetic else { return true }
    return numbers.format == .int32
  }

  /// The input that the table meets instead of `x`, and table − f there, without scaling back.
  func error(at x: Double) -> (input: Double, error: Double) {
    var input = Float(min(max(x, lower), upper))
    if case .fp16 = table.arithmetic { input = Float(HalfEntries.quantized(input)) }
    let real = Double(input)
    return (real, Double(value(at: input)) - problem.function(tellsInputsApart ? real : x))
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
