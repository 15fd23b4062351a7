import LookupTables
import Testing

@testable import Approximation

/// A bank whose costs are given one by one; one intercept each.
private struct ListedLines: GridLineBank {
  /// `costs[point][line]`
  let costs: [[Double]]

  var pointCount: Int { costs.count }
  var slopeCount: Int { costs[0].count }
  var interceptCount: Int { 1 }
  func floor(at point: Int) -> Double { costs[point].reduce(.infinity, min) }
  func window(at point: Int, limit: Double) -> Double { limit }
  func candidates(slope: Int, point: Int, window: Double) -> Range<Int> {
    costs[point][slope] <= window ? 0..<1 : 0..<0
  }
  func cost(slope: Int, intercept: Int, point: Int) -> Double { costs[point][slope] }

  /// The least cost of the points from `start` on, over all cuts and lines, one by one.
  func bruteForce(pieces: Int, from start: Int = 0, merging: CostMerging) -> Double {
    if start == pointCount { return 0 }
    if pieces == 0 { return .infinity }
    var least = Double.infinity
    for line in 0..<slopeCount {
      var own = 0.0
      for end in start..<pointCount {
        own = merging == .sum ? own + costs[end][line] : max(own, costs[end][line])
        let rest = bruteForce(pieces: pieces - 1, from: end + 1, merging: merging)
        least = min(least, merging == .sum ? own + rest : max(own, rest))
      }
    }
    return least
  }
}

@Suite struct GridLineProgrammeTests {
  @Test(arguments: [CostMerging.sum, .maximum]) func equalsBruteForce(merging: CostMerging) {
    for seed in 1...150 {
      var random = SeededNumbers(seed: UInt64(seed))
      let points = Int.random(in: 1...7, using: &random)
      let lines = Int.random(in: 1...6, using: &random)
      let bank = ListedLines(
        costs: (0..<points).map { _ in
          (0..<lines).map { _ in
            let cost = random.between(0, 1)
            return cost < 0.15 ? .infinity : cost < 0.3 ? 0.5 : cost
          }
        })
      let programme = GridLineProgramme(bank: bank, merging: merging)
      for pieces in 1...4 {
        let expected = bank.bruteForce(pieces: pieces, merging: merging)
        for guess in [0, 0.7, 10] {
          let solution = programme.solve(pieces: pieces, guess: guess, ceiling: 100)
          guard expected.isFinite else {
            #expect(solution == nil, "seed \(seed)")
            continue
          }
          let cost = solution?.cost ?? .infinity
          #expect((cost - expected).magnitude <= 1e-12, "seed \(seed), \(pieces) pieces")
          #expect((solution?.pieces.count ?? 0) <= pieces)
          #expect(solution?.pieces.first?.start == 0)
        }
      }
    }
  }

  @Test func nothingAboveTheCeiling() {
    let bank = ListedLines(costs: [[1, 3], [3, 1]])
    let programme = GridLineProgramme(bank: bank, merging: .sum)
    #expect(programme.solve(pieces: 1, guess: 0, ceiling: 3.9) == nil)
    #expect(programme.solve(pieces: 1, guess: 0, ceiling: 4)?.cost == 4)
    #expect(programme.solve(pieces: 2, guess: 0, ceiling: 3.9)?.cost == 2)
  }

  /// The published rivals reach 7.2e-5 and 1.6e-5 (gelu), 1.9e-5 and 2.2e-5 (exp).
  @Test(arguments: [
    (NonlinearFunction.gelu, -4.0...4.0, 8, 2.8e-5), (.gelu, -4...4, 16, 3.25e-6),
    (.exp, -8...0, 8, 1.15e-5), (.exp, -8...0, 16, 5e-6),
  ])
  func bestOnThePublishedGrid(
    function: NonlinearFunction, domain: ClosedRange<Double>, entries: Int, limit: Double
  ) throws {
    let fit = try CoefficientGrid().bestFit(
      of: .nonlinear(function), domain: domain, entries: entries)
    #expect(fit.meanSquaredError < limit)
    #expect(fit.piecewise.entries == entries)
    let numbers = fit.piecewise.slopes + fit.piecewise.intercepts
    #expect(numbers.allSatisfy { ($0 * 64).rounded() == $0 * 64 && $0.magnitude <= 2 })
    let errors = (0...800).map { step in
      let x = domain.lowerBound + Double(step) * 0.01
      return fit.piecewise(x) - function(x)
    }
    let mean = errors.reduce(0) { $0 + $1 * $1 } / 801
    #expect((mean - fit.meanSquaredError).magnitude < 1e-12 * mean)
    #expect(errors.reduce(0) { max($0, $1.magnitude) } == fit.maximumError)
  }

  /// Every line of the grid on every stretch of inputs, then the best cuts: no pruning at all.
  @Test(arguments: [
    (Objective.meanSquare, Double?.none), (.meanSquare, 0.25), (.maximum, nil), (.maximum, 0.25),
  ])
  func gridLinesEqualBruteForce(objective: Objective, outputStep: Double?) throws {
    let grid = try CoefficientGrid(fractionBits: 3, bits: 5, inputStep: 0.25)
    let domain = -3.0...1.5
    let fit = try grid.bestFit(
      of: .nonlinear(.gelu), domain: domain, entries: 3, objective: objective,
      outputStep: outputStep)
    let inputs = (0...18).map { -3 + 0.25 * Double($0) }
    var least = Array(
      repeating: Array(repeating: Double.infinity, count: inputs.count + 1),
      count: inputs.count + 1)
    for m in -16...15 {
      for c in -16...15 {
        for start in inputs.indices {
          var cost = 0.0
          for end in start..<inputs.count {
            var y = (Double(m) * inputs[end] + Double(c)) / 8
            if let outputStep {
              y = min(max((y / outputStep + 0.5).rounded(.down), -16), 15) * outputStep
            }
            let error = (y - NonlinearFunction.gelu(inputs[end])).magnitude
            cost = objective.isMaximum ? max(cost, error) : cost + error * error
            least[start][end + 1] = min(least[start][end + 1], cost)
          }
        }
      }
    }
    func together(_ costs: Double...) -> Double {
      objective.isMaximum ? costs.reduce(0, max) : costs.reduce(0, +)
    }
    var expected = least[0][19]
    for first in 1...18 {
      expected = min(expected, together(least[0][first], least[first][19]))
      for second in first..<19 where second > first {
        expected = min(
          expected, together(least[0][first], least[first][second], least[second][19]))
      }
    }
    let achieved = objective.isMaximum ? fit.maximumError : fit.meanSquaredError * 19
    #expect((achieved - expected).magnitude <= 1e-12)
    #expect(outputStep == nil || fit.roundingFloor > 0)
  }

  @Test func refusesWhatIsOutOfRange() {
    #expect(throws: ApproximationError.self) { try CoefficientGrid(bits: 13) }
    #expect(throws: ApproximationError.self) { try CoefficientGrid(fractionBits: 17) }
    #expect(throws: ApproximationError.self) { try CoefficientGrid(inputStep: 0) }
    #expect(throws: ApproximationError.self) {
      try CoefficientGrid(inputStep: 1e-9)
        .bestFit(of: .nonlinear(.gelu), domain: -4...4, entries: 8)
    }
    #expect(throws: ApproximationError.self) {
      try CoefficientGrid().bestFit(of: .nonlinear(.gelu), domain: -4...4, entries: 65)
    }
  }
}
