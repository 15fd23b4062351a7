import Approximation
import LookupTables

/// SplitMix64 (Steele, Lea and Flood 2014): the same requests on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// In `[0, 1)`.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func real(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + unit() * (range.upperBound - range.lowerBound)
  }

  mutating func chance(_ share: Double) -> Bool { unit() < share }

  mutating func element<Element>(_ elements: [Element]) -> Element {
    elements[Int(next() % UInt64(elements.count))]
  }
}

/// Requests of every kind that a fit knows: function, domain, entries, format, objective, weights,
/// constraints, floor, scaling and continuity, in any combination that is one.
enum RequestGenerator {
  static func request(_ random: inout SeededGenerator, number: Int) -> FitRequest {
    let function = function(&random)
    let domain = domain(of: function, &random)
    let format = random.element([
      NumberFormat.fp32, .fp32, .fp32, .int32, .fp16, .int16, .int8,
    ])
    let objective = random.element([
      Objective.meanSquare, .meanSquare, .maximum, .maximum, .relativeMeanSquare, .relativeMaximum,
    ])
    let approximator = random.element([
      Approximator.nnLUT(.refined), .nnLUT(.refined), .optimal, .optimal, .linearLUT,
    ])
    let scaling = random.chance(0.3) ? random.element(function.permittedScalings) : .none
    let tails = random.element([TailPolicy.standard, .standard, .clamp, .line])
    let mayAvoid = approximator != .linearLUT && tails != .line
    var request = FitRequest(
      function: function, approximator: approximator, entries: entries(format, &random, number),
      format: format, scaling: scaling, domain: domain,
      weights: random.chance(0.5) ? weights(over: domain, &random) : nil, objective: objective,
      continuity: approximator == .optimal && random.chance(0.5) ? .discontinuous : .continuous,
      constraints: FitConstraints(
        tails: tails, hasAnchors: random.chance(0.7),
        floor: mayAvoid && random.chance(0.2) ? .avoid : .use),
      scales: format.isInteger && random.chance(0.4) ? .free : .powerOfTwo)
    if objective.isRelative, random.chance(0.5) {
      request.relativeFloor = twoTo(random.real(-14 ... -1))
    }
    return request
  }

  private static func function(_ random: inout SeededGenerator) -> ApproximatedFunction {
    guard random.chance(0.94) else {
      // Samples of a curve with a few turns.
      let count = 20 + Int(random.next() % 200)
      let start = random.real(-6...2)
      let step = random.real(0.01...0.1)
      let turns = (0..<4).map { _ in (random.real(-2...2), random.real(-3...3)) }
      let x = (0..<count).map { start + step * Double($0) }
      let y = x.map { x in
        turns.reduce(0.3 * x) { $0 + $1.0 / (1 + (x - $1.1) * (x - $1.1)) }
      }
      if let samples = try? SampledFunction(x: x, y: y) { return .sampled(samples) }
      return .nonlinear(.tanh)
    }
    return .nonlinear(random.element(NonlinearFunction.allCases))
  }

  private static func domain(
    of function: ApproximatedFunction, _ random: inout SeededGenerator
  ) -> ClosedRange<Double> {
    switch function {
    case .nonlinear(.exp):
      return -twoTo(random.real(0...8))...(random.chance(0.7) ? 0 : random.real(0.1...3))
    case .nonlinear(.reciprocal), .nonlinear(.rsqrt):
      let lower = twoTo(random.real(-12...6))
      return lower...(lower * twoTo(random.real(0.5...12)))
    case .nonlinear:
      return -twoTo(random.real(0...4))...twoTo(random.real(0...4))
    case .sampled(let samples):
      let domain = samples.domain
      let width = domain.upperBound - domain.lowerBound
      return random.chance(0.5)
        ? domain
        : (domain.lowerBound + 0.1 * width)...(domain.upperBound - random.real(0...0.2) * width)
    }
  }

  /// Mostly small; up to 32, and a few beyond.
  private static func entries(
    _ format: NumberFormat, _ random: inout SeededGenerator, _ number: Int
  ) -> Int {
    if number % 250 == 249, format != .int8 { return 33 + Int(random.next() % 60) }
    let largest = random.element([6, 10, 16, 32])
    return 2 + Int(random.next() % UInt64(largest - 1))
  }

  /// Buckets, single values, both, or one single value.
  private static func weights(
    over domain: ClosedRange<Double>, _ random: inout SeededGenerator
  ) -> [WeightedInterval] {
    func place() -> Double {
      // Half of them on a logarithmic scale towards the bound nearest to 0.
      let (low, high) = (domain.lowerBound, domain.upperBound)
      guard low > 0, random.chance(0.5) else { return random.real(domain) }
      return min(high, low * twoTo(random.unit() * exponent(high / low)))
    }
    let kind = random.element([0, 0, 0, 1, 2, 3])
    var weights: [WeightedInterval] = []
    if kind == 0 || kind == 2 {
      let count = 1 + Int(random.next() % 40)
      var edges = [domain.lowerBound, domain.upperBound]
      for _ in 0..<count { edges.append(place()) }
      edges.sort()
      for (start, end) in zip(edges, edges.dropFirst()) where start < end && random.chance(0.8) {
        weights.append(
          WeightedInterval(
            lower: start, upper: end, weight: (end - start) * twoTo(random.real(-8...8))))
      }
    }
    if kind == 1 || kind == 2 {
      for _ in 0..<(1 + Int(random.next() % 30)) {
        let x = place()
        weights.append(
          WeightedInterval(lower: x, upper: x, weight: Double(1 + random.next() % 100)))
      }
    }
    if kind == 3 || weights.isEmpty {
      let x = place()
      weights = [WeightedInterval(lower: x, upper: x, weight: 7)]
    }
    return weights.sorted { $0.lower < $1.lower }
  }

  /// 2^x, straight between powers of two: no libm, the same everywhere.
  private static func twoTo(_ x: Double) -> Double {
    let whole = x.rounded(.down)
    return Double(sign: .plus, exponent: Int(whole), significand: 1 + (x - whole))
  }

  /// Its inverse.
  private static func exponent(_ value: Double) -> Double {
    Double(value.exponent) + value.significand - 1
  }
}
