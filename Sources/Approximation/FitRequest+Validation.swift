import LookupTables

extension FitRequest {
  /// The most intervals of weights.
  public static let maximumIntervals = 1_000_000

  /// - Throws: ``ApproximationError`` that names the parameter and its permitted range.
  public func validate() throws {
    func refuse(_ parameter: String, _ value: Any, _ permitted: String) -> ApproximationError {
      .invalid(parameter: parameter, value: "\(value)", permitted: permitted)
    }
    let limits = PiecewiseLinear.entryLimits
    guard limits.contains(entries) else {
      throw refuse("entries", entries, "use \(limits.lowerBound) to \(limits.upperBound)")
    }
    let permitted = function.permittedDomain
    guard permitted.contains(domain.lowerBound), permitted.contains(domain.upperBound) else {
      throw refuse(
        "domain", "[\(domain.lowerBound), \(domain.upperBound)]",
        "\(function.name) takes bounds from \(permitted.lowerBound) to \(permitted.upperBound)")
    }
    let smallest = Double(Float.leastNormalMagnitude)
    let span = domain.upperBound - domain.lowerBound
    guard
      [domain.lowerBound, domain.upperBound, span].allSatisfy({
        $0 == 0 || $0.magnitude >= smallest
      })
    else {
      throw refuse(
        "domain", "[\(domain.lowerBound), \(domain.upperBound)]",
        "bounds and width must be 0 or at least \(smallest), the smallest normal float32")
    }
    guard function.permittedScalings.contains(scaling) else {
      let names = function.permittedScalings.map(\.rawValue).joined(separator: ", ")
      throw refuse("scaling", scaling.rawValue, "\(function.name) takes \(names)")
    }
    guard scaling != .paper || weights != nil || domain.upperBound >= 1 else {
      throw refuse(
        "domain", "[\(domain.lowerBound), \(domain.upperBound)]",
        "without weights, scaling paper takes the table's own range, which must reach 1 or more")
    }
    guard continuity == .continuous || approximator == .optimal else {
      throw refuse(
        "continuity", continuity.rawValue,
        "the lines of nn-lut and linear-lut meet; use continuous, or the approximator optimal")
    }
    if constraints.floor == .avoid, function.isNonNegative {
      guard approximator == .optimal || approximator == .nnLUT(.refined) else {
        throw refuse(
          "floor", constraints.floor.rawValue,
          "nn-lut paper and linear-lut know no constraints; use nn-lut refined or optimal")
      }
      guard constraints.tails != .line else {
        throw refuse(
          "floor", constraints.floor.rawValue,
          "with tails line the outer lines go on below 0; use tails default or clamp")
      }
    }
    if let relativeFloor {
      guard objective.isRelative else {
        throw refuse(
          "relative floor", relativeFloor,
          "objective \(objective.rawValue) is absolute; leave it out or use relative-mse or relative-max"
        )
      }
      guard relativeFloor.isFinite, relativeFloor >= 1e-30 else {
        throw refuse("relative floor", relativeFloor, "use a number of at least 1e-30")
      }
    }
    guard let weights else { return }
    guard weights.count <= Self.maximumIntervals else {
      throw refuse(
        "weights", "of \(weights.count) intervals", "use at most \(Self.maximumIntervals)")
    }
    for (index, interval) in weights.enumerated() {
      guard interval.lower.isFinite, interval.upper.isFinite, interval.lower <= interval.upper,
        interval.weight.isFinite, interval.weight >= 0, interval.weight <= 1e100
      else {
        throw refuse(
          "weights[\(index)]", "(\(interval.lower), \(interval.upper), \(interval.weight))",
          "bounds must be finite and ascend, a weight be in 0...1e100")
      }
    }
  }
}
