import LookupTables

/// What the 256 inputs of an int8 table stand for, and what each of the 256 outputs costs there.
///
/// An input q stands for a cell of real inputs, those that round to it; the outermost for all that
/// saturate. For the mean square a cell is its mass, the mean of the function and the spread about
/// it: Σ w·(y − f)² = W·(y − mean)² + spread, exactly. For the maximum it is samples of the function,
/// the cell's ends included.
///
/// Where a tail's line goes on beyond the domain, the inputs there are cells too, of so little weight
/// that they only keep the outside sane; and what calibration saw beyond counts, for the mean square,
/// as lying at the domain's bound: a step that makes the bound saturate must be worth it for all that
/// arrives there.
struct ByteCells {
  struct Cell {
    var q: Int
    var isInside = true
    /// Mean square.
    var mass = 0.0
    var mean = 0.0
    var spread = 0.0
    /// Maximum: values of the function and the error's unit there.
    var samples: [(value: Double, tolerance: Double)] = []
    /// What the result must be nearest to.
    var anchor: Double?
  }

  /// Ascending in q, without gaps.
  private(set) var cells: [Cell]
  let isMaximum: Bool
  let isNonNegative: Bool
  /// Whether a line's result may be below 0 where the table then answers 0.
  private let mayDip: Bool

  /// The share of the measure that all cells outside the domain have together.
  private static let outsideMass = 1e-6
  /// What an error outside the domain counts beside one inside, when the largest counts.
  private static let outsideShare = 0x1p-6

  /// - Parameter reachesOutside: Whether the inputs to which a tail's line goes on are cells too.
  init(of problem: FitProblem, input: IntegerScale, reachesOutside: Bool = true) {
    isMaximum = problem.objective.isMaximum
    isNonNegative = problem.function.isNonNegative
    mayDip = problem.floorRule != .avoided
    let first = Self.quantized(problem.lower, input)
    let last = Self.quantized(problem.upper, input)
    let start = reachesOutside && problem.tails.left == .line ? -128 : first
    let end = reachesOutside && problem.tails.right == .line ? 127 : last
    cells = (start...end).map { Cell(q: $0, isInside: $0 >= first && $0 <= last) }

    let step = Double(input.step)
    let borders = (first..<max(first, last)).map { (Double($0) + 0.5) * step }
      .filter { $0 > problem.lower && $0 < problem.upper }
    let grid = problem.grid(isFine: false).edges
    if isMaximum {
      sample(problem, at: grid, borders: borders, input: input)
    } else {
      gather(problem.measure(cutAt: FitProblem.joined(grid, borders), rule: .three), input: input)
      if reachesOutside { gatherBeyond(problem, input: input) }
    }
    let outside = cells.count(where: { !$0.isInside })
    for index in cells.indices where !cells[index].isInside {
      let value = problem.function(Double(cells[index].q) * step)
      if isMaximum {
        cells[index].samples = [(value, problem.magnitude(at: 0) / Self.outsideShare)]
      } else {
        cells[index].mean = value
        cells[index].mass = Self.outsideMass / Double(outside)
      }
    }
    for anchor in problem.anchors {
      cells[Self.quantized(anchor.x, input) - start].anchor = anchor.y
    }
  }

  /// As an integer table quantises its input.
  private static func quantized(_ x: Double, _ scale: IntegerScale) -> Int {
    Int(max(-128, min(127, (Float(x) / scale.step).rounded(.toNearestOrEven))))
  }

  private mutating func gather(_ points: WeightedPoints, input: IntegerScale) {
    for (index, x) in points.positions.enumerated() {
      gather(points.values[index], weight: points.weights[index], at: x, input: input)
    }
  }

  /// What lies beyond the domain where the line goes on, moved to the domain's bounds.
  private mutating func gatherBeyond(_ problem: FitProblem, input: IntegerScale) {
    for (tail, x, share) in [
      (problem.tails.left, problem.lower, problem.beyond.left),
      (problem.tails.right, problem.upper, problem.beyond.right),
    ] where tail == .line {
      let magnitude = problem.magnitude(at: x)
      gather(problem.function(x), weight: share / (magnitude * magnitude), at: x, input: input)
    }
  }

  private mutating func gather(
    _ value: Double, weight: Double, at x: Double, input: IntegerScale
  ) {
    guard weight > 0 else { return }
    let cell = Self.quantized(x, input) - cells[0].q
    let mass = cells[cell].mass + weight
    let difference = value - cells[cell].mean
    cells[cell].spread += cells[cell].mass * weight / mass * difference * difference
    cells[cell].mean += weight / mass * difference
    cells[cell].mass = mass
  }

  private mutating func sample(
    _ problem: FitProblem, at edges: [Double], borders: [Double], input: IntegerScale
  ) {
    let start = cells[0].q
    func include(_ x: Double) {
      let cell = Self.quantized(x, input) - start
      let tolerance = problem.tolerance(at: x)
      if tolerance.isFinite { cells[cell].samples.append((problem.function(x), tolerance)) }
    }
    for x in edges { include(x) }
    // At a border between two cells, the last float32 of one and the first of the next: no input lies
    // between them. Likewise wherever the tolerance jumps, as it does at a single value.
    for x in (borders + problem.toleranceSteps).map({ Float($0) }) {
      for input in [x.nextDown, x, x.nextUp] {
        include(min(max(Double(input), problem.lower), problem.upper))
      }
    }
  }

  /// What each result costs in each cell: 256 numbers a cell, from y = −128 on. Nil when an anchor
  /// is no result: beyond the largest integer, or between two where it must be exact.
  func costs(output: IntegerScale, exactAnchors: [Double]) -> [Double]? {
    let step = Double(output.step)
    var costs: [Double] = []
    costs.reserveCapacity(256 * cells.count)
    for cell in cells {
      var required: Int?
      if let anchor = cell.anchor {
        let units = anchor / step
        let nearest = units.rounded(.toNearestOrEven)
        let tolerance = exactAnchors.contains(anchor) ? 0x1p-20 * units.magnitude : 0.5
        guard (units - nearest).magnitude <= tolerance, (-128...127).contains(nearest) else {
          return nil
        }
        required = Int(nearest)
      }
      for y in -128...127 {
        let result = isNonNegative ? max(0, y) : y
        let isPermitted = (required.map { $0 == result } ?? true) && (result == y || mayDip)
        // As the table answers: a product of float32.
        let value = Double(Float(result) * output.step)
        costs.append(isPermitted ? cost(of: value, in: cell) : .infinity)
      }
    }
    return costs
  }

  private func cost(of value: Double, in cell: Cell) -> Double {
    guard isMaximum else {
      let error = value - cell.mean
      return cell.mass * error * error + cell.spread
    }
    return cell.samples.reduce(0) {
      max($0, (value - $1.value).magnitude / $1.tolerance)
    }
  }
}
