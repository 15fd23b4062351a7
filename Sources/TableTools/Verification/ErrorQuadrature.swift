import Approximation
import LookupTables

/// How far any rule is from a function over a domain: three Gauss points a cell, under the measure
/// of docs/tables.md and without the code that fits and measures tables.
struct ErrorQuadrature {
  /// Relative where the objective is.
  private(set) var maximumError = 0.0
  /// The same times the inputs' density as a share of the greatest; equal to it without weights.
  private(set) var weightedMaximumError = 0.0
  private(set) var meanSquaredError = 0.0

  /// The share of the weights that counts evenly on the whole domain.
  private static let background = 1e-6
  /// Positions in a cell from 0 to 1, and their weights.
  private static let rule = [
    (0.1127016653792583, 5.0 / 18), (0.5, 8.0 / 18), (0.8872983346207417, 5.0 / 18),
  ]

  /// - Parameters:
  ///   - request: Gives function, weights, scaling and whether errors are relative.
  ///   - domain: Of the reduced inputs; nil for the request's.
  ///   - cuts: Where the rule bends or jumps.
  ///   - input: What a reduced input is rounded to before anything else.
  ///   - value: The rule's result for a rounded input, before it is scaled back.
  init(
    of request: FitRequest, on domain: ClosedRange<Double>? = nil, cuts: [Double] = [],
    input: (Double) -> Double = { $0 }, value: (Double) -> Double
  ) {
    let domain = domain ?? request.domain
    let weights = ReducedWeights(of: request).representable(in: domain)
    let cuts = cuts + request.function.bends + weights.parts.flatMap { [$0.lower, $0.upper] }
    var edges = Self.edges(of: domain, with: cuts)
    let isRelative = request.objective.isRelative
    let floor =
      isRelative
      ? request.relativeFloor
        ?? edges.reduce(0) { max($0, request.function($1).magnitude) } / 256 : 1
    if isRelative {
      edges = Self.edges(
        of: domain, with: cuts + Self.steepPlaces(of: request.function, floor: floor, edges))
    }
    func error(at position: Double) -> Double {
      let x = input(position)
      let exact = request.function(x)
      let difference = value(x) - exact
      return isRelative ? difference / max(exact.magnitude, floor) : difference
    }
    let density = weights.parts.isEmpty ? nil : DensityShare(of: weights, input: input)
    var even = 0.0
    for position in edges {
      include(error(at: position), at: input(position), density)
      // A table's entry ends just below an edge.
      let below = Double(Float(position).nextDown)
      if below >= domain.lowerBound { include(error(at: below), at: input(below), density) }
    }
    for (start, end) in zip(edges, edges.dropFirst()) {
      for (place, share) in Self.rule {
        let position = start + place * (end - start)
        let deviation = error(at: position)
        include(deviation, at: input(position), density)
        even += share * (end - start) * deviation * deviation
      }
    }
    let width = domain.upperBound - domain.lowerBound
    if width > 0 { even /= width }
    guard !weights.parts.isEmpty else {
      meanSquaredError = even
      return
    }
    var sum = Self.background * weights.squaredMass * even
    for part in weights.parts {
      sum += part.mass * part.squaredFactor * Self.mean(over: part, edges: edges, error)
    }
    meanSquaredError = sum / (weights.mass * (1 + Self.background))
  }

  private mutating func include(_ error: Double, at input: Double, _ density: DensityShare?) {
    maximumError = max(maximumError, error.magnitude)
    weightedMaximumError = max(
      weightedMaximumError, error.magnitude * (density.map { $0(input) } ?? 1))
  }

  /// The mean squared error over one part of the weights.
  private static func mean(
    over part: ReducedWeights.Part, edges: [Double], _ error: (Double) -> Double
  ) -> Double {
    guard part.lower < part.upper else {
      let deviation = error(part.lower)
      return deviation * deviation
    }
    var mean = 0.0
    var start = part.lower
    var next = edges.count(upTo: start)
    while start < part.upper {
      let end = next < edges.count ? min(edges[next], part.upper) : part.upper
      for (place, share) in rule {
        let deviation = error(start + place * (end - start))
        mean += share * ((end - start) / (part.upper - part.lower)) * deviation * deviation
      }
      start = end
      next += 1
    }
    return mean
  }

  /// Cells that shrink towards where |f| passes the floor and where f passes 0: relative errors change
  /// fast there.
  private static func steepPlaces(
    of function: ApproximatedFunction, floor: Double, _ edges: [Double]
  ) -> [Double] {
    func passes(_ holds: (Double) -> Bool, _ places: [Double]) -> [Double] {
      zip(places, places.dropFirst()).compactMap { start, end in
        guard holds(start) != holds(end) else { return nil }
        var (low, high) = (start, end)
        for _ in 0..<60 {
          let middle = low + 0.5 * (high - low)
          if holds(middle) == holds(start) { low = middle } else { high = middle }
        }
        return high
      }
    }
    let zeros = passes({ function($0) > 0 }, edges)
    let places = zeros + passes({ function($0).magnitude > floor }, (edges + zeros).sorted())
    let width = (edges.last ?? 0) - (edges.first ?? 0)
    return places.flatMap { place -> [Double] in
      let slope = function.firstDerivative(place).magnitude
      var distance = width
      var found = [place]
      while distance > max(0.02 * floor / max(slope, 1e-30), 1e-13 * width) {
        found += [place - distance, place + distance]
        distance *= 0.97
      }
      return found
    }
  }

  /// Even cells; cells that shrink towards 0 with their distance from it, where gelu bends and
  /// reciprocal is steep; and the rule's own cuts. Ascending and distinct.
  private static func edges(of domain: ClosedRange<Double>, with cuts: [Double]) -> [Double] {
    let (lower, upper) = (domain.lowerBound, domain.upperBound)
    let count = 16_384
    var edges = (0...count).map { index in
      let share = Double(index) / Double(count)
      return lower * (1 - share) + upper * share
    }
    var distance = max(lower.magnitude, upper.magnitude)
    let nearest =
      lower > 0 ? lower : upper < 0 ? -upper : min(1, distance) * 1e-6
    while distance > nearest, distance > 1e-45 {
      edges += [-distance, distance]
      distance *= 0.995
    }
    edges = (edges + cuts).filter { lower < $0 && $0 < upper } + [lower, upper]
    edges.sort()
    var distinct: [Double] = []
    distinct.reserveCapacity(edges.count)
    for edge in edges where distinct.last != edge { distinct.append(edge) }
    return distinct
  }
}

extension ApproximatedFunction {
  /// Where its slope jumps.
  fileprivate var bends: [Double] {
    switch self {
    case .nonlinear(.hardswish): [-3, 3]
    case .nonlinear: []
    case .sampled(let samples): samples.x
    }
  }
}
