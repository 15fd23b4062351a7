import Approximation

/// How far any rule is from a function over a domain, by plain midpoints: for what is no table and
/// so has no measurement of its own.
struct ErrorQuadrature {
  private(set) var maximumError = 0.0
  private(set) var meanSquaredError = 0.0

  /// The midpoints of the whole domain.
  static let points = 32_768

  /// - Parameters:
  ///   - request: Gives function, domain, weights and whether errors are relative.
  ///   - input: What an input is rounded to before anything else.
  ///   - value: The rule's result for a rounded input.
  init(
    of request: FitRequest, input: (Double) -> Double = { $0 }, value: (Double) -> Double
  ) {
    let lower = request.domain.lowerBound
    let width = request.domain.upperBound - lower
    let positions = (0..<Self.points).map {
      lower + width * (Double($0) + 0.5) / Double(Self.points)
    }
    let floor = positions.reduce(0) { max($0, request.function($1).magnitude) } / 256
    func error(at position: Double) -> Double {
      let x = input(position)
      let exact = request.function(x)
      let difference = value(x) - exact
      return request.objective.isRelative
        ? difference / max(exact.magnitude, floor) : difference
    }
    for position in [lower, request.domain.upperBound] + positions {
      maximumError = max(maximumError, error(at: position).magnitude)
    }
    let intervals = Self.weights(of: request)
    let total = intervals.reduce(0) { $0 + $1.weight }
    for interval in intervals {
      let share = interval.weight / total
      guard interval.lower < interval.upper else {
        let deviation = error(at: interval.lower)
        meanSquaredError += share * deviation * deviation
        continue
      }
      let span = interval.upper - interval.lower
      let count = max(4, Int(Double(Self.points) * span / width))
      for index in 0..<count {
        let x = interval.lower + span * (Double(index) + 0.5) / Double(count)
        let deviation = error(at: x)
        meanSquaredError += share / Double(count) * deviation * deviation
      }
    }
  }

  /// The weights inside the domain; even ones where there are none.
  private static func weights(of request: FitRequest) -> [WeightedInterval] {
    let domain = request.domain
    let inside = (request.weights ?? []).compactMap { interval -> WeightedInterval? in
      let lower = max(interval.lower, domain.lowerBound)
      let upper = min(interval.upper, domain.upperBound)
      guard interval.weight > 0, lower <= upper else { return nil }
      if interval.lower == interval.upper { return interval }
      let share = (upper - lower) / (interval.upper - interval.lower)
      return share > 0
        ? WeightedInterval(lower: lower, upper: upper, weight: interval.weight * share) : nil
    }
    return inside.isEmpty
      ? [WeightedInterval(lower: domain.lowerBound, upper: domain.upperBound, weight: 1)] : inside
  }
}
