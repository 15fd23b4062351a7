import LookupTables
import Testing

@testable import Approximation

/// What int8 tables make of their scales, as requests deliver them.
@Suite struct ByteScaleTests {
  private static let domains: [(function: NonlinearFunction, domain: ClosedRange<Double>)] = [
    (.gelu, -9.6...14.7), (.exp, -12...0), (.tanh, -3...3),
  ]

  private func request(
    _ function: NonlinearFunction, _ domain: ClosedRange<Double>, entries: Int,
    weights: [WeightedInterval]? = nil, scales: IntegerScales = .powerOfTwo,
    objective: Objective = .meanSquare
  ) -> FitRequest {
    FitRequest(
      function: function, approximator: .nnLUT(.refined), entries: entries, format: .int8,
      domain: domain, weights: weights, objective: objective, scales: scales)
  }

  /// Most inputs where gelu is below zero, few near a far outlier: like a Transformer's second
  /// layer. The best step of the result is then large beside gelu's lobe.
  private static func lopsided(seed: UInt64) -> [WeightedInterval] {
    var random = SeededNumbers(seed: seed)
    let lobe = (0..<48).map { index in
      let lower = -4 + Double(index) / 8
      return WeightedInterval(
        lower: lower, upper: lower + 0.125, weight: random.between(1000, 5000))
    }
    let outlier = WeightedInterval(
      lower: 14.5, upper: 14.625, weight: random.between(5, 20))
    return lobe + [outlier]
  }

  private func integers(_ table: LookupTable) throws -> IntegerEntries {
    guard case .integer(let numbers) = table.arithmetic else {
      throw TableError.doesNotFit("no integers")
    }
    return numbers
  }

  @Test(arguments: [IntegerScales.powerOfTwo, .free])
  func deliveredTableIsTheOneThatWasSearched(scales: IntegerScales) throws {
    for seed in [1, 2] as [UInt64] {
      let asked = request(
        .gelu, -9.625...14.6875, entries: 8, weights: Self.lopsided(seed: seed), scales: scales)
      let fitted = try asked.fit { _ in }
      let noted = try #require(fitted.notes["rounding: error"].flatMap(Double.init))
      let certificate = try #require(fitted.certificate)
      #expect((certificate.meanSquaredError / noted - 1).magnitude < 0.01, "seed \(seed)")
      #expect(certificate.ratio < 1.01, "seed \(seed)")
      #expect(fitted.table(0) == 0)
      #expect(try certificate.problems(of: fitted.table, request: asked) == [])
    }
  }

  /// What calibration saw beyond the domain arrives at its bound: with it in the measure the bound
  /// saturates less.
  @Test func inputsBeyondTheDomainCountAtItsBound() throws {
    let upper = 14.6875
    for seed in [1, 2] as [UInt64] {
      var weights = Self.lopsided(seed: seed)
      func answer() throws -> Double {
        let asked = request(
          .gelu, -9.625...upper, entries: 8, weights: weights, scales: .free)
        return Double(try asked.fit { _ in }.table(Float(upper)))
      }
      let without = try answer()
      let mass = weights.reduce(0) { $0 + $1.weight }
      weights.append(WeightedInterval(lower: 17.4, upper: 17.5, weight: 0.01 * mass))
      let with = try answer()
      #expect((upper - with).magnitude <= (upper - without).magnitude, "seed \(seed)")
      #expect((upper - with).magnitude < 0.15, "seed \(seed)")
      // Below the domain gelu's table answers 0, whatever arrives.
      weights.removeLast()
      weights.append(WeightedInterval(lower: -11, upper: -10.5, weight: 0.01 * mass))
      #expect(try answer() == without, "seed \(seed)")
    }
  }

  @Test func chosenPowersOfTwoAreNoWorseThanTheCoveringOnes() throws {
    for (function, domain) in Self.domains {
      for weights in [nil, Self.lopsided(seed: 7)] {
        // Outliers are no inputs of exp.
        if weights != nil, function != .gelu { continue }
        for objective in [Objective.meanSquare, .maximum] {
          let problem = FitProblem(
            request(function, domain, entries: 8, weights: weights, objective: objective))
          let fitted = try request(
            function, domain, entries: 8, weights: weights, objective: objective
          ).fit { _ in }
          let numbers = try integers(fitted.table)
          #expect(numbers.inputFractionBits != nil && numbers.outputFractionBits != nil)
          let covering = try integers(
            LookupTable(
              rounding: fitted.ideal, lowerBound: problem.lower, upperBound: problem.upper,
              left: problem.tails.left, right: problem.tails.right, format: .int8,
              isNonNegative: function.isNonNegative))
          #expect(numbers.input.step <= covering.input.step)
          let best = try #require(problem.exhaustiveBound(like: covering))
          let own = try #require(ByteSearch(problem: problem, entries: 8).error(of: numbers))
          #expect(own <= best.value * (1 + 1e-4), "\(function) \(domain) \(objective)")
        }
      }
    }
  }

  @Test func noInputBlowsUp() throws {
    var random = SeededNumbers(seed: 11)
    for scales in IntegerScales.allCases {
      let fitted = try request(
        .gelu, -9.625...14.6875, entries: 8, weights: Self.lopsided(seed: 5), scales: scales
      ).fit { _ in }
      let step = try integers(fitted.table).output.step
      let inputs =
        [Float.infinity, .greatestFiniteMagnitude, 1e30, 100, 20]
        + (0..<20_000).map { _ in Float(bitPattern: UInt32.random(in: 0...(.max), using: &random)) }
      for x in inputs where !x.isNaN {
        let y = fitted.table(x)
        #expect(y >= -0.5 && y <= 127 * step, "\(x)")
        // What lies beyond the domain is answered as the largest input is, no smaller.
        if x > 14.6875 { #expect(y >= fitted.table(6)) }
        if x < -9.625 { #expect(y == 0) }
      }
    }
  }
}
