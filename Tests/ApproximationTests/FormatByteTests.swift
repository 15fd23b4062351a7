import LookupTables
import Testing

@testable import Approximation

@Suite struct FormatByteTests {
  private func problem(
    _ function: NonlinearFunction, _ domain: ClosedRange<Double>,
    _ objective: Objective = .meanSquare, weights: [WeightedInterval]? = nil
  ) -> FitProblem {
    FitProblem(
      FitRequest(
        function: function, approximator: .optimal, entries: 8, format: .int8, domain: domain,
        weights: weights, objective: objective))
  }

  private func table(_ entries: IntegerEntries, _ problem: FitProblem) throws -> LookupTable {
    try LookupTable(
      arithmetic: .integer(entries), lowerBound: Float(problem.lower),
      upperBound: Float(problem.upper), left: problem.tails.left, right: problem.tails.right,
      isNonNegative: problem.function.isNonNegative)
  }

  /// All 65 536 lines over every stretch of inputs, evaluated through the table itself, then the
  /// best cuts.
  @Test(arguments: [Objective.meanSquare, .maximum])
  func programmeEqualsBruteForce(objective: Objective) throws {
    let problem = problem(.exp, -0.3...0, objective)
    let input = try IntegerScale(step: 0.05)
    let output = try IntegerScale(fractionBits: 6)
    let cells = ByteCells(of: problem, input: input)
    let costs = try #require(cells.costs(output: output, exactAnchors: [1]))
    let count = cells.cells.count
    #expect(count == 7)
    let bank = ByteLines(firstInput: -6, costs: costs, interceptShift: 4, resultShift: 5)
    let merging: CostMerging = objective.isMaximum ? .maximum : .sum
    let programme = GridLineProgramme(bank: bank, merging: merging)

    func together(_ costs: Double...) -> Double {
      objective.isMaximum ? costs.reduce(0, max) : costs.reduce(0, +)
    }
    var least = Array(
      repeating: Array(repeating: Double.infinity, count: count + 1), count: count + 1)
    for m in -128...127 {
      for c in -128...127 {
        let line = try IntegerEntries(
          format: .int8, breakpoints: [0], slopes: [Int32(m), Int32(m)],
          intercepts: [Int32(c), Int32(c)], input: input, interceptShift: 4, resultShift: 5,
          output: output)
        let own = (0..<count).map { index -> Double in
          let y = Int(line.value(at: Int32(index - 6)))
          return costs[256 * index + y + 128]
        }
        for start in 0..<count {
          var cost = 0.0
          for end in start..<count {
            cost = together(cost, own[end])
            least[start][end + 1] = min(least[start][end + 1], cost)
          }
        }
      }
    }
    var two = least[0][count]
    for cut in 1..<count { two = min(two, together(least[0][cut], least[cut][count])) }
    let ceiling = bank.ceiling(merging: merging)
    let one = try #require(programme.solve(pieces: 1, guess: 0, ceiling: ceiling))
    let best = try #require(programme.solve(pieces: 2, guess: 0, ceiling: ceiling))
    #expect((one.cost - least[0][count]).magnitude <= 1e-15)
    #expect((best.cost - two).magnitude <= 1e-15)
    #expect(best.cost < one.cost || objective.isMaximum)
  }

  @Test(arguments: [
    (NonlinearFunction.gelu, -4.0...4.0), (.exp, -8...0), (.reciprocal, 0.5...4),
    (.rsqrt, 0.25...4),
  ])
  func claimedErrorIsTheTablesOwn(
    function: NonlinearFunction, domain: ClosedRange<Double>
  ) throws {
    for objective in [Objective.meanSquare, .maximum] {
      var previous = Double.infinity
      for entries in [4, 8] {
        let problem = problem(function, domain, objective)
        var search = ByteSearch(problem: problem, entries: entries)
        try search.run(scales: .powerOfTwo)
        let best = try #require(search.best)
        #expect(best.bound <= previous)
        previous = best.bound
        let bound = try #require(problem.exhaustiveBound(like: best.entries))
        #expect(bound.value <= best.error && bound.witness == .exhaustive)
        #expect(best.error - bound.value < 1e-6)
        let free = try #require(problem.withoutConstraints().exhaustiveBound(like: best.entries))
        #expect(free.value <= bound.value)
        let table = try table(best.entries, problem)
        let steps = 40_000
        var squares = 0.0
        var largest = 0.0
        for step in 0..<steps {
          let x =
            domain.lowerBound + (domain.upperBound - domain.lowerBound) * (Double(step) + 0.5)
            / Double(steps)
          let error = Double(table(Float(x))) - function(x)
          squares += error * error
          largest = max(largest, error.magnitude)
        }
        if objective.isMaximum {
          // Between samples the function moves by its slope times their distance.
          #expect(largest <= best.error + 1e-6, "\(function) \(entries)")
          #expect(best.error - largest < 8e-4, "\(function) \(entries)")
        } else {
          let sampled = squares / Double(steps)
          #expect((sampled - best.error).magnitude < 5e-4 * best.error, "\(function) \(entries)")
        }
      }
    }
  }

  @Test func calibratedErrorIsCountedOnRealInputs() throws {
    let weights = CalibratedFitTests.buckets(from: 0x1p-8, octaves: 11, sign: 1, seed: 21)
    let upper = try #require(weights.map(\.upper).max())
    let problem = problem(.gelu, 0...upper, weights: weights)
    var powers = ByteSearch(problem: problem, entries: 8)
    try powers.run(scales: .powerOfTwo)
    var free = ByteSearch(problem: problem, entries: 8)
    try free.run(scales: .free)
    let best = try #require(free.best)
    #expect(best.bound <= (powers.best?.bound ?? 0))
    let table = try table(best.entries, problem)
    var squares = 0.0
    var mass = 0.0
    for bucket in weights {
      for step in 0..<256 {
        let x = bucket.lower + (bucket.upper - bucket.lower) * (Double(step) + 0.5) / 256
        let error = Double(table(Float(x))) - NonlinearFunction.gelu(x)
        squares += bucket.weight * error * error
        mass += bucket.weight
      }
    }
    #expect((squares / mass - best.error).magnitude < 0.01 * best.error)
    #expect(table(0) == 0)
    // Beyond the domain inputs saturate: no result is larger than the largest output.
    #expect(table(1e30) <= 128 * best.entries.output.step)
    #expect(table(.infinity) == table(1e30))
  }
}
