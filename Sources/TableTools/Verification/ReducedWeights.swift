import Approximation
import LookupTables

/// What a table receives, after range reduction: docs/tables.md's formulas, written once more for
/// the check.
struct ReducedWeights {
  /// A part of the inputs as the table sees it, and the square of what scales its results back.
  struct Part {
    var lower: Double
    var upper: Double
    var mass: Double
    var squaredFactor: Double
  }

  /// Inside the domain; empty where every place counts the same.
  private(set) var parts: [Part] = []

  init(of request: FitRequest) {
    let domain = request.domain
    for interval in request.weights ?? [] where interval.weight > 0 {
      let lower = max(interval.lower, domain.lowerBound)
      let upper = min(interval.upper, domain.upperBound)
      if interval.lower == interval.upper {
        if lower <= upper {
          parts += Self.reduced(
            Part(lower: lower, upper: upper, mass: interval.weight, squaredFactor: 1), request)
        }
      } else if lower < upper {
        let share = (upper - lower) / (interval.upper - interval.lower)
        parts += Self.reduced(
          Part(lower: lower, upper: upper, mass: interval.weight * share, squaredFactor: 1),
          request)
      }
    }
  }

  /// The same with single values as a table receives them: float32 numbers of its domain.
  func representable(in domain: ClosedRange<Double>) -> ReducedWeights {
    var weights = self
    for (index, part) in parts.enumerated() where part.lower == part.upper {
      let single = min(max(Double(Float(part.lower)), domain.lowerBound), domain.upperBound)
      weights.parts[index].lower = single
      weights.parts[index].upper = single
    }
    return weights
  }

  var mass: Double { parts.reduce(0) { $0 + $1.mass } }

  /// What squared errors are multiplied by, in all.
  var squaredMass: Double { parts.reduce(0) { $0 + $1.mass * $1.squaredFactor } }

  private static func reduced(_ part: Part, _ request: FitRequest) -> [Part] {
    switch request.scaling {
    case .none: return [part]
    case .paper:
      return part.split(at: [1]).map { part in
        part.lower < 1 ? part.scaled(by: 1024, squaredFactor: 1024) : part
      }
    case .exponent:
      let isRoot = request.function == .nonlinear(.rsqrt)
      var exponent = Int(part.lower.exponent)
      if isRoot, exponent % 2 != 0 { exponent -= 1 }
      let last = Int(part.upper.exponent)
      guard exponent <= last else { return [] }
      let octaves = stride(from: exponent, through: last, by: isRoot ? 2 : 1).map(power)
      return part.split(at: octaves).compactMap { piece in
        guard let start = octaves.last(where: { $0 <= piece.lower }) else { return nil }
        return piece.scaled(
          by: 1 / start, squaredFactor: isRoot ? 1 / start : 1 / (start * start))
      }
    }
  }

  private static func power(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}

extension ReducedWeights.Part {
  /// Its parts between ascending positions.
  fileprivate func split(at positions: [Double]) -> [Self] {
    guard lower < upper else { return [self] }
    let cuts = [lower] + positions.filter { lower < $0 && $0 < upper } + [upper]
    return zip(cuts, cuts.dropFirst()).map { start, end in
      var part = self
      part.lower = start
      part.upper = end
      part.mass = mass * ((end - start) / (upper - lower))
      return part
    }
  }

  fileprivate func scaled(by factor: Double, squaredFactor: Double) -> Self {
    var part = self
    part.lower *= factor
    part.upper *= factor
    part.squaredFactor = squaredFactor
    return part
  }
}

/// The inputs' density at a place as a share of the greatest: what a weighted largest error is
/// multiplied by.
struct DensityShare {
  /// Where no inputs are, or few.
  static let least = 1e-6

  private var edges: [Double] = []
  private var densities: [Double] = []
  private var singles: Set<Double> = []
  private var greatest = 0.0

  /// - Parameter input: What an input is rounded to.
  init(of weights: ReducedWeights, input: (Double) -> Double) {
    var changes: [Double: (density: Double, count: Int)] = [:]
    for part in weights.parts {
      guard part.lower < part.upper else {
        singles.insert(input(part.lower))
        continue
      }
      let density = part.mass / (part.upper - part.lower)
      changes[part.lower, default: (0, 0)].density += density
      changes[part.lower, default: (0, 0)].count += 1
      changes[part.upper, default: (0, 0)].density -= density
      changes[part.upper, default: (0, 0)].count -= 1
    }
    var sum = 0.0
    var open = 0
    for (edge, change) in changes.sorted(by: { $0.key < $1.key }) {
      open += change.count
      sum = open > 0 ? max(0, sum + change.density) : 0
      edges.append(edge)
      densities.append(sum)
    }
    greatest = densities.max() ?? 0
  }

  /// On an edge that of the denser side.
  func callAsFunction(_ x: Double) -> Double {
    if singles.contains(x) { return 1 }
    let above = edges.count(upTo: x)
    guard greatest > 0, above > 0 else { return Self.least }
    let isEdge = edges[above - 1] == x && above > 1
    let density = isEdge ? max(densities[above - 1], densities[above - 2]) : densities[above - 1]
    return max(Self.least, density / greatest)
  }
}

extension [Double] {
  /// How many elements of an ascending list are at most `x`.
  func count(upTo x: Double) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= x { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
