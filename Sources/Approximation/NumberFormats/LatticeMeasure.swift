/// The places at which a search in a number format compares lines with the function.
struct LatticeMeasure<Lattice: NumberLattice> {
  struct Point {
    var input: Lattice.Input
    /// The function's value.
    var value: Double
    /// What a squared error counts; for the maximum what an error counts.
    var weight: Double
    /// The real input.
    var x: Double
  }

  let lattice: Lattice
  let isMaximum: Bool
  let isNonNegative: Bool
  /// Whether a line's result may be below 0 where the table then answers 0.
  private let mayDip: Bool
  /// Ascending in the input.
  private(set) var points: [Point]

  /// Beyond this many, neighbouring points are merged.
  private static var pointLimit: Int { 16_384 }

  /// - Parameter isExactInput: The function counts at the format's own inputs instead of at those
  ///   that round to them.
  init(of problem: FitProblem, lattice: Lattice, isExactInput: Bool, isFine: Bool) {
    self.lattice = lattice
    isMaximum = problem.objective.isMaximum
    isNonNegative = problem.function.isNonNegative
    mayDip = problem.floorRule != .avoided
    var places: [(x: Double, weight: Double)]
    if problem.objective.isMaximum {
      let steps = problem.toleranceSteps.flatMap { step -> [Double] in
        let nearest = Float(step)
        return [nearest.nextDown, nearest, nearest.nextUp].map(Double.init)
          .filter { $0 > problem.lower && $0 < problem.upper }
      }
      let inputs = (problem.grid(isFine: true).edges + steps + problem.coarseHalves).sorted()
      places = inputs.map { x in
        let tolerance = problem.tolerance(at: x)
        return (x, tolerance.isFinite ? 1 / tolerance : 0)
      }
    } else {
      let measure = problem.measure(isFine: isFine)
      places = zip(measure.positions, measure.weights).map { ($0, $1) }
      let stride = 1 + places.count / Self.pointLimit
      if stride > 1 { places = Self.merged(places, by: stride) }
    }
    points = places.map { place in
      let input = lattice.input(at: place.x)
      let x = isExactInput ? lattice.real(input) : place.x
      return Point(input: input, value: problem.function(x), weight: place.weight, x: x)
    }
  }

  /// Groups of neighbours as one point each, at their centre of mass.
  private static func merged(_ places: [(x: Double, weight: Double)], by stride: Int) -> [(
    x: Double, weight: Double
  )] {
    Swift.stride(from: 0, to: places.count, by: stride).map { start in
      let group = places[start..<min(start + stride, places.count)]
      let mass = group.reduce(0) { $0 + $1.weight }
      let moment = group.reduce(0) { $0 + $1.weight * ($1.x - places[start].x) }
      return (mass > 0 ? places[start].x + moment / mass : places[start].x, mass)
    }
  }

  /// What a line of stored numbers costs at a point.
  func cost(slope: Double, intercept: Double, at point: Point) -> Double {
    var result = lattice.result(slope: slope, intercept: intercept, at: point.input)
    if isNonNegative {
      guard mayDip || result >= 0 else { return .infinity }
      result = max(0, result)
    }
    let error = result - point.value
    return isMaximum ? error.magnitude * point.weight : error * error * point.weight
  }

  func merge(_ one: Double, _ other: Double) -> Double {
    isMaximum ? max(one, other) : one + other
  }

  /// What a line costs over some points; infinite as soon as it exceeds the limit.
  func cost(slope: Double, intercept: Double, over range: Range<Int>, limit: Double) -> Double {
    var sum = 0.0
    for index in range {
      sum = merge(sum, cost(slope: slope, intercept: intercept, at: points[index]))
      if sum > limit { return .infinity }
    }
    return sum
  }

  /// The first point whose input is at or above a breakpoint.
  func firstPoint(from breakpoint: Lattice.Input) -> Int {
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      if points[middle].input < breakpoint { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
