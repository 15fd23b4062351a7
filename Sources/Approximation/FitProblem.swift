import LookupTables

/// What a fit works on: the function, the table's domain and the inputs' measure on it, after range
/// reduction.
struct FitProblem {
  let function: ApproximatedFunction
  /// The format that the lines will be rounded into.
  let format: NumberFormat
  let objective: Objective
  /// What the lines pass through: ascending and distinct in x, inside the domain.
  private(set) var anchors: [Anchor]
  /// Whether the last line is y = x.
  private(set) var endsOnIdentity: Bool
  /// The answers outside the domain.
  let tails: (left: Tail, right: Tail)
  /// The table's domain; `Float(lower) < Float(upper)`.
  let lower: Double
  let upper: Double
  /// What the table sees inside its domain.
  let inputs: [WeightedInterval]
  /// The same, as masses whose squared errors add up; scaled results count with the square
  /// of the factor that scales them back.
  let errorWeights: [WeightedInterval]
  /// The inputs' mass: the divisor that makes the weighted sum of squares a mean.
  let mass: Double
  /// Whether the measure came from the request's weights.
  let isCalibrated: Bool
  /// The share of the weights that lies outside the domain.
  let outsideShare: Double
  /// The weights below the domain and above it, as shares of those inside.
  let beyond: (left: Double, right: Double)
  /// The magnitude below which relative errors count as absolute.
  let relativeFloor: Double
  /// What becomes of results below 0.
  private(set) var floorRule: FloorRule
  /// Of a weighted largest error; nil when every place counts the same.
  private let density: InputDensity?

  /// The share of the measure that lies evenly on the whole domain, so that places where
  /// calibration saw nothing still follow the function.
  static let background = 1e-6
  /// The most kinks of the function that a fit resolves.
  private static let mostKinks = 8192

  /// - Parameter request: Must be valid.
  init(_ request: FitRequest) {
    function = request.function
    format = request.format
    objective = request.objective
    let fold = InputFold(function: request.function.scaledFunction, scaling: request.scaling)
    let bounds = request.domain
    let given = (request.weights ?? []).reduce(0) { $0 + $1.weight }
    let clipped = (request.weights ?? []).compactMap { $0.clipped(to: bounds) }
    let inside = clipped.reduce(0) { $0 + $1.weight }
    isCalibrated = inside > 0
    outsideShare = given > 0 ? max(0, 1 - inside / given) : 0
    let below = WeightedInterval.mass(of: request.weights, from: -.infinity, to: bounds.lowerBound)
    let above = WeightedInterval.mass(of: request.weights, from: bounds.upperBound, to: .infinity)
    beyond = inside > 0 ? (below / inside, above / inside) : (0, 0)
    let domain = fold.tableDomain(bounds, isCalibrated: isCalibrated)
    lower = domain.lowerBound
    let least = Double(Float(domain.lowerBound).nextUp)
    upper = Float(domain.upperBound) > Float(domain.lowerBound) ? domain.upperBound : least
    if isCalibrated {
      let range = lower...upper
      var inputs: [WeightedInterval] = []
      var errors: [WeightedInterval] = []
      for image in clipped.flatMap(fold.images(of:)) {
        // A fold can round a bound out of the domain; nothing else is cut here.
        guard var interval = image.interval.clipped(to: range) else { continue }
        inputs.append(interval)
        interval.weight *= image.squaredFactor
        errors.append(interval)
      }
      self.inputs = inputs
      errorWeights = errors
      mass = inside
    } else {
      inputs = [WeightedInterval(lower: lower, upper: upper, weight: 1)]
      errorWeights = inputs
      mass = 1
    }
    density = isCalibrated && objective.isMaximum ? InputDensity(of: inputs) : nil
    floorRule =
      !request.function.isNonNegative
      ? .none : request.constraints.floor == .avoid ? .avoided : .zero
    relativeFloor =
      request.relativeFloor
      ?? Objective.relativeFloor
      * SamplingGrid(
        lower: lower, upper: upper, kinks: request.function.kinks(inside: lower...upper),
        isFine: false
      ).edges.reduce(0) { max($0, request.function($1).magnitude) }
    tails = request.constraints.tails(of: function)
    endsOnIdentity =
      request.constraints.tails == .standard && function.endsOnIdentity
    anchors = []
    if request.constraints.hasAnchors {
      anchors = anchors(isFolded: request.scaling == .exponent)
    }
    if wouldRatherFitThanEndOnIdentity(entries: request.entries) { endsOnIdentity = false }
  }

  /// The function's own, and the bounds to which inputs are clamped. Under scaling `exponent` no
  /// input lies outside, so nothing is clamped.
  private func anchors(isFolded: Bool) -> [Anchor] {
    var positions = function.anchors.filter { $0 >= lower && $0 <= upper }
    if !isFolded, tails.left == .clamp { positions.append(lower) }
    if !isFolded, tails.right == .clamp { positions.append(upper) }
    var anchors: [Anchor] = []
    for position in positions.sorted() where anchors.last?.x != position {
      anchors.append(Anchor(x: position, y: function(position)))
    }
    return anchors
  }

  /// The same without anchors and with free outer lines.
  func withoutConstraints() -> FitProblem {
    var problem = self
    problem.anchors = []
    problem.endsOnIdentity = false
    if problem.floorRule == .avoided { problem.floorRule = .zero }
    return problem
  }

  /// The same with a last line of its own choice.
  func withFreeRightLine() -> FitProblem {
    var problem = self
    problem.endsOnIdentity = false
    return problem
  }

  /// The measure as points whose weights sum to 1; for relative objectives each is divided by the
  /// square of the magnitude that errors are relative to.
  func measure(isFine: Bool) -> WeightedPoints {
    measure(cutAt: grid(isFine: isFine).edges)
  }

  /// Where the function is resolved; of very many samples only some.
  func grid(isFine: Bool) -> SamplingGrid {
    let kinks = function.kinks(inside: lower...upper)
    let stride = 1 + kinks.count / Self.mostKinks
    return SamplingGrid(
      lower: lower, upper: upper, kinks: stride == 1 ? kinks : kinks.thinned(by: stride),
      isFine: isFine)
  }

  /// What an error at x is divided by: 1, or the function's magnitude and its floor.
  func magnitude(at x: Double) -> Double {
    objective.isRelative ? max(function(x).magnitude, relativeFloor) : 1
  }

  /// The half-width of the error tube at x for each unit of the objective's largest error: where
  /// inputs are half as dense as at their densest, twice the error is allowed; infinite where none
  /// are.
  func tolerance(at x: Double) -> Double {
    guard let density else { return magnitude(at: x) }
    let share = density.share(at: x)
    return share > 0 ? magnitude(at: x) / share : .infinity
  }

  /// Where the tolerance jumps, ascending.
  var toleranceSteps: [Double] {
    guard let density else { return [] }
    return (density.edges + density.singles).filter { $0 > lower && $0 < upper }.sorted()
  }

  /// Whether f″ keeps its sign on the whole domain.
  var isConvexOrConcave: Bool {
    switch function {
    case .nonlinear: function.inflections.allSatisfy { $0 <= lower || $0 >= upper }
    case .sampled(let samples): samples.isConvexOrConcave(on: lower...upper)
    }
  }

  /// Whether the domain is so narrow that one line fits it to float32's precision.
  var isNarrow: Bool {
    upper - lower <= 1e-6 * max(lower.magnitude, upper.magnitude)
  }
}

extension [Double] {
  /// Every so-manieth element.
  fileprivate func thinned(by stride: Int) -> [Double] {
    Swift.stride(from: 0, to: count, by: stride).map { self[$0] }
  }
}

extension WeightedInterval {
  /// What intervals hold strictly between two positions, in their order.
  fileprivate static func mass(
    of intervals: [WeightedInterval]?, from start: Double, to end: Double
  ) -> Double {
    (intervals ?? []).reduce(0) { sum, interval in
      if interval.lower == interval.upper {
        return interval.lower > start && interval.lower < end ? sum + interval.weight : sum
      }
      let length = min(interval.upper, end) - max(interval.lower, start)
      return length > 0 ? sum + interval.weight * length / (interval.upper - interval.lower) : sum
    }
  }

  /// The part inside a range, with its share of the mass; nil when there is none.
  func clipped(to range: ClosedRange<Double>) -> WeightedInterval? {
    let start = max(lower, range.lowerBound)
    let end = min(upper, range.upperBound)
    guard start <= end, weight > 0 else { return nil }
    if lower == upper { return self }
    guard start < end else { return nil }
    let share = (end - start) / (upper - lower)
    return WeightedInterval(lower: start, upper: end, weight: weight * share)
  }
}
