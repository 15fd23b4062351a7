import LookupTables

/// Breakpoints, slopes and intercepts chosen on a number format's own grids together.
///
/// From the ideal function rounded number by number, in turn until nothing changes: each line is
/// replaced by the best of its neighbours on the grids (for every slope near the ideal one the
/// intercepts that keep the line in place at the piece's centre or at its anchor), and each
/// breakpoint moves to where the two lines beside it serve best. All is evaluated in the format's
/// own arithmetic. Only what is better is taken, first in meeting the anchors, then in the
/// objective; so the result is never worse than rounding.
struct LatticeSearch<Lattice: NumberLattice> {
  private struct Line {
    var slope: Double
    var intercept: Double
  }

  /// First how far the anchors are missed, then the objective.
  private struct Score: Comparable {
    var missed: Double
    var cost: Double

    static func < (one: Score, other: Score) -> Bool {
      one.missed != other.missed ? one.missed < other.missed : one.cost < other.cost
    }
  }

  private let ideal: PiecewiseLinear
  private let measure: LatticeMeasure<Lattice>
  private let anchors: [(input: Lattice.Input, x: Double, result: Double)]
  private let lower: Double
  private let upper: Double
  private var breakpoints: [Lattice.Input]
  private var lines: [Line]
  /// The first point of each line but the first.
  private var cuts: [Int]
  /// The lines that must stay as they are.
  private let isFixed: [Bool]
  /// Whether the ideal lines meet at a breakpoint.
  private let meets: [Bool]

  private var lattice: Lattice { measure.lattice }

  /// - Parameter rounded: The ideal's numbers, each rounded to the format's.
  /// - Parameter isExactInput: As ``LatticeMeasure``'s.
  init(
    _ problem: FitProblem, ideal: PiecewiseLinear, lattice: Lattice, breakpoints: [Lattice.Input],
    slopes: [Double], intercepts: [Double], isExactInput: Bool
  ) {
    self.ideal = ideal
    let measure = LatticeMeasure(
      of: problem, lattice: lattice, isExactInput: isExactInput, isFine: ideal.entries > 32)
    self.measure = measure
    lower = problem.lower
    upper = problem.upper
    anchors = problem.anchors.map {
      (lattice.input(at: $0.x), $0.x, lattice.nearestResult(to: $0.y))
    }
    self.breakpoints = breakpoints
    lines = zip(slopes, intercepts).map { Line(slope: $0, intercept: $1) }
    cuts = breakpoints.map { measure.firstPoint(from: $0) }
    isFixed = slopes.indices.map { problem.endsOnIdentity && $0 == slopes.count - 1 }
    meets = ideal.breakpoints.enumerated().map { index, x in
      let left = ideal.slopes[index] * x + ideal.intercepts[index]
      let right = ideal.slopes[index + 1] * x + ideal.intercepts[index + 1]
      return (left - right).magnitude <= 1e-9 * max(left.magnitude, right.magnitude, 0x1p-20)
    }
  }

  /// Improves the table; returns how many numbers have changed.
  mutating func run() -> Int {
    var changes = 0
    for _ in 0..<(lattice.isWide ? 1 : 6) {
      var isChanged = false
      for index in lines.indices where improveLine(index) {
        isChanged = true
        changes += 1
      }
      for index in breakpoints.indices where improveBreakpoint(index) {
        isChanged = true
        changes += 1
      }
      if !isChanged { break }
    }
    return changes
  }

  /// - Throws: `TableError` when the numbers are no table.
  func arithmetic() throws -> TableArithmetic {
    try lattice.arithmetic(
      breakpoints: breakpoints, slopes: lines.map(\.slope), intercepts: lines.map(\.intercept))
  }

  /// In the objective's unit, at the measure's points.
  var error: Double {
    lines.indices.reduce(0) {
      measure.merge(
        $0,
        measure.cost(
          slope: lines[$1].slope, intercept: lines[$1].intercept, over: range(of: $1),
          limit: .infinity))
    }
  }

  /// By how much results at the anchors miss the nearest possible ones.
  var missedAnchors: Double {
    lines.indices.reduce(0) { $0 + missed(by: lines[$1], in: $1) }
  }

  private func range(of index: Int) -> Range<Int> {
    let start = index == 0 ? 0 : cuts[index - 1]
    return start..<(index == cuts.count ? measure.points.count : cuts[index])
  }

  /// Whether a line serves an input.
  private func serves(_ index: Int, _ input: Lattice.Input) -> Bool {
    (index == 0 || breakpoints[index - 1] <= input)
      && (index == breakpoints.count || input < breakpoints[index])
  }

  private func missed(by line: Line, in index: Int) -> Double {
    anchors.reduce(0) { sum, anchor in
      guard serves(index, anchor.input) else { return sum }
      var result = lattice.result(
        slope: line.slope, intercept: line.intercept, at: anchor.input)
      if measure.isNonNegative { result = max(0, result) }
      return sum + (result - anchor.result).magnitude
    }
  }

  private func score(of line: Line, in index: Int, below best: Score?) -> Score {
    let missed = missed(by: line, in: index)
    if let best, missed > best.missed { return Score(missed: missed, cost: .infinity) }
    let limit = best.map { missed < $0.missed ? .infinity : $0.cost } ?? .infinity
    return Score(
      missed: missed,
      cost: measure.cost(
        slope: line.slope, intercept: line.intercept, over: range(of: index), limit: limit))
  }

  private mutating func improveLine(_ index: Int) -> Bool {
    let range = range(of: index)
    guard !isFixed[index], !range.isEmpty || anchors.contains(where: { serves(index, $0.input) })
    else { return false }
    var best = score(of: lines[index], in: index, below: nil)
    var isChanged = false
    for candidate in candidates(for: index, over: range) {
      let score = score(of: candidate, in: index, below: best)
      guard score < best else { continue }
      best = score
      lines[index] = candidate
      isChanged = true
    }
    return isChanged
  }

  /// The lines on the grids that stay within the format's resolution of the ideal one at both ends
  /// of its piece.
  private func candidates(for index: Int, over range: Range<Int>) -> [Line] {
    let slope = ideal.slopes[index]
    let intercept = ideal.intercepts[index]
    let start = index == 0 ? lower : max(lower, ideal.breakpoints[index - 1])
    let end = index == lines.count - 1 ? upper : min(upper, ideal.breakpoints[index])
    guard let nearest = lattice.stored(slope / lattice.slopeUnit),
      let base = lattice.stored(intercept / lattice.interceptUnit)
    else { return [] }
    let furthest = max(start.magnitude, end.magnitude)
    let largest = max((slope * start + intercept).magnitude, (slope * end + intercept).magnitude)
    let resolution =
      2
      * (lattice.spacing(at: base) * lattice.interceptUnit
        + lattice.spacing(at: nearest) * lattice.slopeUnit * furthest
        + lattice.resultSpacing(at: largest))
    let pivot =
      anchors.first { serves(index, $0.input) }?.x ?? centre(of: range) ?? 0.5 * (start + end)
    var candidates: [Line] = []
    let reach = lattice.isWide ? 1 : 12
    for places in (-reach...reach).sorted(by: { ($0.magnitude, $0) < ($1.magnitude, $1) }) {
      guard let stored = lattice.stored(nearest, plus: places) else { continue }
      let real = stored * lattice.slopeUnit
      guard
        let middle = lattice.stored(
          (intercept + (slope - real) * pivot) / lattice.interceptUnit)
      else { continue }
      for step in [0, -1, 1, -2, 2] {
        guard let line = lattice.stored(middle, plus: step) else { continue }
        func deviation(_ x: Double) -> Double {
          ((real - slope) * x + line * lattice.interceptUnit - intercept).magnitude
        }
        if max(deviation(start), deviation(end)) <= resolution {
          candidates.append(Line(slope: stored, intercept: line))
        }
      }
    }
    return candidates
  }

  /// Where a change of slope changes the error least: the centre of mass, for the maximum the
  /// middle.
  private func centre(of range: Range<Int>) -> Double? {
    guard let first = range.first, let last = range.last else { return nil }
    let points = measure.points
    if measure.isMaximum { return 0.5 * (points[first].x + points[last].x) }
    var mass = 0.0
    var moment = 0.0
    for index in range {
      mass += points[index].weight
      moment += points[index].weight * (points[index].x - points[first].x)
    }
    return mass > 0 ? points[first].x + moment / mass : nil
  }

  /// Moves the breakpoint between two lines to where they serve best together. No anchor changes
  /// its line, and lines that ideally meet keep their jump within the format's resolution.
  private mutating func improveBreakpoint(_ index: Int) -> Bool {
    let start = range(of: index).lowerBound
    let end = range(of: index + 1).upperBound
    guard start < end else { return false }
    let left = lines[index]
    let right = lines[index + 1]
    let points = measure.points
    // later[i]: what the right line costs from point start + i on.
    var later = [0.0]
    for point in (start..<end).reversed() {
      later.append(
        measure.merge(
          later[later.count - 1],
          measure.cost(slope: right.slope, intercept: right.intercept, at: points[point])))
    }
    later.reverse()
    let current = cuts[index]
    var best = current
    var bestCost = Double.infinity
    var costs: [Double] = []
    var earlier = 0.0
    for point in start...end {
      costs.append(measure.merge(earlier, later[point - start]))
      if point < end {
        earlier = measure.merge(
          earlier, measure.cost(slope: left.slope, intercept: left.intercept, at: points[point]))
      }
    }
    bestCost = costs[current - start]
    var bestInput = breakpoints[index]
    for cut in start...end where costs[cut - start] < bestCost {
      // A breakpoint stands at the first point of its right line, or beyond all points.
      let beyond = points.last.flatMap { lattice.input(after: $0.input) }
      guard let input = cut < points.count ? points[cut].input : beyond,
        cut == 0 || points[cut - 1].input < input,
        index == 0 || breakpoints[index - 1] <= input,
        index + 1 == breakpoints.count || input <= breakpoints[index + 1],
        mayStand(
          at: input, value: points[min(cut, points.count - 1)].value, between: left, and: right,
          index: index)
      else { continue }
      best = cut
      bestInput = input
      bestCost = costs[cut - start]
    }
    guard best != current else { return false }
    cuts[index] = best
    breakpoints[index] = bestInput
    return true
  }

  /// - Parameter value: The function's near the input.
  private func mayStand(
    at input: Lattice.Input, value: Double, between left: Line, and right: Line, index: Int
  ) -> Bool {
    let low = min(breakpoints[index], input)
    let high = max(breakpoints[index], input)
    if anchors.contains(where: { low <= $0.input && $0.input < high }) { return false }
    guard meets[index] else { return true }
    func jump(_ input: Lattice.Input) -> Double {
      let one = lattice.result(slope: left.slope, intercept: left.intercept, at: input)
      let other = lattice.result(slope: right.slope, intercept: right.intercept, at: input)
      return (one - other).magnitude
    }
    return jump(input)
      <= max(jump(breakpoints[index]), 2 * lattice.resultSpacing(at: value))
  }
}
