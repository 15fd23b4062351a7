import Approximation

/// How far any rule is from a function over a domain, by plain midpoints: for what is no table and
/// so has no measurement of its own.
struct ErrorQuadrature {
  private(set) var maximumError = 0.0
  private(set) var meanSquaredError = 0.0

  /// - Parameters:
  ///   - request: Gives function, domain, weights and whether errors are relative.
  ///   - input: What an input is rounded to before anything else.
  ///   - value: The rule's result for a rounded input.
  init(
    of request: FitRequest, input: (Double) -> Double = { $0 }, value: (Double) -> Double
  ) {
    let edges = Self.edges(of: request.domain)
    let positions = zip(edges, edges.dropFirst()).map { 0.5 * ($0 + $1) }
    let floor = positions.reduce(0) { max($0, request.function($1).magnitude) } / 256
    func error(at position: Double) -> Double {
      let x = input(position)
      let exact = request.function(x)
      let difference = value(x) - exact
      return request.objective.isRelative
        ? difference / max(exact.magnitude, floor) : difference
    }
    for position in edges + positions {
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
      let density = share / (interval.upper - interval.lower)
      let inner = edges.filter { interval.lower < $0 && $0 < interval.upper }
      let cuts = [interval.lower] + inner + [interval.upper]
      for (start, end) in zip(cuts, cuts.dropFirst()) {
        // Two midpoints: an interval may be narrower than a cell.
        for part in [0.25, 0.75] {
          let deviation = error(at: start + part * (end - start))
          meanSquaredError += 0.5 * density * (end - start) * deviation * deviation
        }
      }
    }
  }

  /// Even cells, and cells that shrink towards 0 with their distance from it, where gelu bends and
  /// reciprocal is steep. Ascending.
  private static func edges(of domain: ClosedRange<Double>) -> [Double] {
    let (lower, upper) = (domain.lowerBound, domain.upperBound)
    let count = 16_384
    var edges = (0...count).map { lower + (upper - lower) * (Double($0) / Double(count)) }
    var distance = max(lower.magnitude, upper.magnitude)
    let nearest = max(distance * 1e-6, lower > 0 ? lower : upper < 0 ? -upper : 0)
    while distance > nearest {
      edges += [-distance, distance].filter { lower < $0 && $0 < upper }
      distance *= 0.995
    }
    return edges.sorted()
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
