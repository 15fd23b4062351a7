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
  /// of the factor that scales them back. A table of fp16 meets numbers of fp16 only: where they are
  /// far apart, its inputs are single values.
  let errorWeights: [WeightedInterval]
  /// The inputs' mass: the divisor that makes the weighted sum of squares a mean.
  let mass: Double
  /// Whether the inputs are one value and nothing else.
  let isSingleValue: Bool
  /// Whether the measure came from the request's weights.
  let isCalibrated: Bool
  /// The share of the weights that lies outside the domain.
  let outsideShare: Double
  /// The weights below the domain and above it, as shares of those inside.
  let beyond: (left: Double, right: Double)
  /// The magnitude below which relative errors count as absolute.
  let relativeFloor: Double
  /// What becomes of results below 0.
  var floorRule: FloorRule
  /// Of a weighted largest error; nil when every place counts the same.
  private let density: InputDensity?
  /// Of a relative objective's divisor; empty for others.
  let relativeGrading: RelativeGrading

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
    isSingleValue = bounds.lowerBound == bounds.upperBound && request.scaling == .none
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
        if interval.lower == interval.upper {
          interval = interval.representable(in: range, format: request.format)
        }
        inputs.append(interval)
        interval.weight *= image.squaredFactor
        errors.append(interval)
      }
      self.inputs = inputs
      errorWeights = errors.asMet(by: request.format, in: range)
      mass = inside
    } else {
      inputs = [WeightedInterval(lower: lower, upper: upper, weight: 1)]
      errorWeights = inputs.asMet(by: request.format, in: lower...upper)
      mass = 1
    }
    density = isCalibrated && objective.isMaximum ? InputDensity(of: inputs) : nil
    floorRule =
      !request.function.isNonNegative
      ? .none : request.constraints.floor == .avoid ? .avoided : .zero
    let places = SamplingGrid(
      lower: lower, upper: upper, kinks: request.function.kinks(inside: lower...upper),
      isFine: false
    ).edges
    let floor =
      request.relativeFloor
      ?? Objective.relativeFloor
      * places.reduce(0) { max($0, request.function($1).magnitude) }
    relativeFloor = floor
    relativeGrading =
      request.objective.isRelative
      ? RelativeGrading(of: request.function, floor: floor, places: places) : .none
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
    let kept = stride == 1 ? kinks : kinks.thinned(by: stride)
    return SamplingGrid(
      lower: lower, upper: upper, kinks: kept + relativeGrading.bends + relativeGrading.edges,
      isFine: isFine)
  }

  /// For a format of fp16, the inputs that count one by one.
  var coarseHalves: [Double] {
    format == .fp16 ? CoarseHalves.numbers(in: lower...upper) : []
  }

  /// What an error at x is divided by: 1, or the function's magnitude and its floor.
  func magnitude(at x: Double) -> Double {
    objective.isRelative ? max(function(x).magnitude, relativeFloor) : 1
  }

  /// The half-width of the error tube at x for each unit of the objective's largest error: where
  /// inputs are half as dense as at their densest, twice the error is allowed.
  func tolerance(at x: Double) -> Double {
    guard let density else { return magnitude(at: x) }
    return magnitude(at: x) / density.share(at: x)
  }

  /// What a line's value answers.
  func floored(_ value: Double) -> Double { floorRule == .none ? value : max(0, value) }

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

  /// Whether the domain is so narrow that one line fits it to float32's precision, or holds one number
  /// of fp16.
  var isNarrow: Bool {
    upper - lower <= 1e-6 * max(lower.magnitude, upper.magnitude)
      || (format == .fp16
        && HalfEntries.quantized(Float(lower)) == HalfEntries.quantized(Float(upper)))
  }
}

extension [Double] {
  /// Where a property changes between neighbours, by bisection.
  func changes(of property: (Double) -> Bool) -> [Double] {
    zip(self, dropFirst()).compactMap { start, end in
      let atStart = property(start)
      guard atStart != property(end) else { return nil }
      var low = start
      var high = end
      for _ in 0..<60 {
        let middle = 0.5 * (low + high)
        if property(middle) == atStart { low = middle } else { high = middle }
      }
      return high
    }
  }

  /// Every n-th element.
  fileprivate func thinned(by stride: Int) -> [Double] {
    Swift.stride(from: 0, to: count, by: stride).map { self[$0] }
  }
}
