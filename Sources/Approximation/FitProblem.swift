import LookupTables

/// What a fit works on: the function, the table's domain and the inputs' measure on it, after range
/// reduction.
struct FitProblem {
  let function: NonlinearFunction
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

  /// - Parameter request: Must be valid.
  init(_ request: FitRequest) {
    function = request.function
    let fold = InputFold(function: request.function, scaling: request.scaling)
    let bounds = request.domain
    let given = (request.weights ?? []).reduce(0) { $0 + $1.weight }
    let clipped = (request.weights ?? []).compactMap { $0.clipped(to: bounds) }
    let inside = clipped.reduce(0) { $0 + $1.weight }
    isCalibrated = inside > 0
    outsideShare = given > 0 ? max(0, 1 - inside / given) : 0
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
  }

  /// Whether the domain is so narrow that one line fits it to float32's precision.
  var isNarrow: Bool {
    upper - lower <= 1e-6 * max(lower.magnitude, upper.magnitude)
  }
}

extension WeightedInterval {
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
