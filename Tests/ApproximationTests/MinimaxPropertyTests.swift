import LookupTables
import Testing

@testable import Approximation

@Suite struct MinimaxPropertyTests {
  static let cases: [(NonlinearFunction, ClosedRange<Double>)] = [
    (.gelu, -4...4), (.exp, -8...0), (.tanh, -4...4), (.hardswish, -5...5), (.rsqrt, 0.1...1024),
  ]

  @Test(arguments: cases)
  func moreEntriesAreNeverWorse(function: NonlinearFunction, domain: ClosedRange<Double>) throws {
    for constraints in [FitConstraints.free, .init()] {
      let problem = MinimaxSamples.problem(
        .nonlinear(function), domain, constraints: constraints)
      for continuity in Continuity.allCases {
        var last = Double.infinity
        for entries in 2...12 {
          let found = try problem.minimax(entries: entries, continuity: continuity) { _ in }
          // Up to the samples' chords.
          #expect(found.error <= last * (1 + 1e-4) + 1e-15, "\(continuity) \(entries)")
          last = found.error
        }
      }
    }
  }

  @Test(arguments: [
    (NonlinearFunction.exp, -8.0...0.0), (.reciprocal, 1...1024), (.rsqrt, 0.25...4),
    (.softplus, -6...6),
  ])
  func continuityIsFreeForConvexFunctions(
    function: NonlinearFunction, domain: ClosedRange<Double>
  ) throws {
    let problem = MinimaxSamples.problem(.nonlinear(function), domain)
    for entries in [2, 5, 16] {
      let linked = try MinimaxSearch(problem, entries: entries, continuity: .continuous)
      let loose = try MinimaxSearch(problem, entries: entries, continuity: .discontinuous)
      let difference = linked.threshold.possible - loose.threshold.possible
      #expect(difference.magnitude <= 1e-6 * loose.threshold.possible)
    }
  }

  @Test(arguments: [(NonlinearFunction.gelu, -4.0...4.0), (.exp, -8...0), (.rsqrt, 0.1...1024)])
  func largeTablesAreProvenToo(function: NonlinearFunction, domain: ClosedRange<Double>) throws {
    for constraints in [FitConstraints.free, .init()] {
      let problem = MinimaxSamples.problem(.nonlinear(function), domain, constraints: constraints)
      for continuity in Continuity.allCases {
        let found = try problem.minimax(entries: 256, continuity: continuity) { _ in }
        #expect(found.ideal.entries == 256)
        #expect(found.error <= 1.001 * found.bound.value)
      }
    }
  }

  /// A line needs one entry; the others are empty or repeat it.
  @Test func aLineIsExact() throws {
    let function = try SampledFunction(x: [-1, 0.5, 2], y: [3, 1.5, 0])
    let problem = MinimaxSamples.problem(.sampled(function), -1...2)
    for continuity in Continuity.allCases {
      for entries in [2, 5, 256] {
        let found = try problem.minimax(entries: entries, continuity: continuity) { _ in }
        #expect(found.error < 1e-12)
        #expect(found.bound.value <= found.error)
      }
    }
  }

  @Test func aPolylineIsExactWithAsManyPieces() throws {
    let function = try SampledFunction(x: [0, 1, 2, 3, 4], y: [0, 1, 0, 2, 1])
    for constraints in [FitConstraints.free, .init()] {
      let problem = MinimaxSamples.problem(.sampled(function), 0...4, constraints: constraints)
      for continuity in Continuity.allCases {
        #expect(try problem.minimax(entries: 4, continuity: continuity) { _ in }.error < 1e-11)
        let three = try problem.minimax(entries: 3, continuity: continuity) { _ in }
        #expect(three.bound.value > 0.1)
        #expect(three.error <= three.bound.value * (1 + 1e-6))
      }
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func randomPolylinesWithAnchorsAreProven(seed: UInt64) throws {
    let function = try MinimaxSamples.wandering(points: 200, seed: 500 + seed)
    for objective in [Objective.maximum, .relativeMaximum] {
      let problem = MinimaxSamples.problem(
        .sampled(function), function.domain, objective: objective, constraints: .init())
      #expect(problem.anchors.count == 2)
      for continuity in Continuity.allCases {
        let found = try problem.minimax(entries: 9, continuity: continuity) { _ in }
        let limit = continuity == .continuous ? 1.02 : 1.01
        #expect(found.error <= limit * found.bound.value, "seed \(seed) \(objective) \(continuity)")
        let sampled = MinimaxSamples.largestError(found.ideal, problem, steps: 20_000)
        #expect(sampled <= found.error * (1 + 1e-6), "seed \(seed) \(objective) \(continuity)")
        for anchor in problem.anchors {
          #expect((found.ideal(anchor.x) - anchor.y).magnitude < 1e-12, "seed \(seed)")
        }
        try expectProof(found.bound, of: problem, entries: 9)
      }
    }
  }

  /// Empty buckets ask nothing; where inputs are rare, errors count less.
  @Test func weightedTablesAreBetterWhereInputsAre() throws {
    var random = SeededNumbers(seed: 4)
    var weights: [WeightedInterval] = []
    for bucket in 0..<60 where bucket % 7 != 3 {
      let lower = -4 + Double(bucket) / 7.5
      weights.append(
        WeightedInterval(lower: lower, upper: lower + 1 / 7.5, weight: random.between(0.05, 1)))
    }
    for constraints in [FitConstraints.free, .init()] {
      let problem = MinimaxSamples.problem(
        .nonlinear(.gelu), -4...4, constraints: constraints, weights: weights)
      let plain = MinimaxSamples.problem(.nonlinear(.gelu), -4...4, constraints: constraints)
      for continuity in Continuity.allCases {
        let found = try problem.minimax(entries: 10, continuity: continuity) { _ in }
        let other = try plain.minimax(entries: 10, continuity: continuity) { _ in }
        #expect(
          found.error < 0.9 * MinimaxSamples.largestError(other.ideal, problem, steps: 20_000))
        #expect(found.error <= 1.02 * found.bound.value)
        let sampled = MinimaxSamples.largestError(found.ideal, problem, steps: 20_000)
        #expect(sampled <= found.error * (1 + 1e-3))
        if continuity == .continuous { expectContinuous(found.ideal, problem) }
      }
    }
  }

  @Test func finelyWeightedLargeTablesAreProven() throws {
    let weights = CalibratedFitTests.buckets(from: 0x1p-8, octaves: 10, sign: 1, seed: 1)
    for entries in [16, 256] {
      let problem = MinimaxSamples.problem(
        .nonlinear(.rsqrt), 0x1p-8...4, constraints: .init(), weights: weights)
      for continuity in Continuity.allCases {
        let found = try problem.minimax(entries: entries, continuity: continuity) { _ in }
        #expect(found.error <= 1.01 * found.bound.value, "\(entries) \(continuity)")
      }
    }
  }

  @Test func extremeDomainsEndInATable() throws {
    let cases: [(NonlinearFunction, ClosedRange<Double>)] = [
      (.gelu, -1e30...1e30), (.reciprocal, 1e-30...1e30), (.exp, 0...0), (.gelu, 3...3.000001),
      (.rsqrt, 1...1.0001), (.exp, -1e30...88),
    ]
    for (function, domain) in cases {
      for constraints in [FitConstraints.free, .init(), .init(tails: .clamp)] {
        let problem = MinimaxSamples.problem(
          .nonlinear(function), domain, constraints: constraints)
        for continuity in Continuity.allCases {
          let found = try problem.minimax(entries: 5, continuity: continuity) { _ in }
          #expect(found.ideal.entries == 5, "\(function) \(domain)")
          #expect(found.error.isFinite, "\(function) \(domain)")
        }
      }
    }
  }

  @Test func progressCanEndTheSearch() throws {
    struct Stop: Error {}
    let problem = MinimaxSamples.problem(.nonlinear(.gelu), -4...4)
    #expect(throws: Stop.self) {
      try problem.minimax(entries: 8, continuity: .continuous) { if $0 > 0.2 { throw Stop() } }
    }
  }
}
