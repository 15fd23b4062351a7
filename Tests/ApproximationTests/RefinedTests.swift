import LookupTables
import Testing

@testable import Approximation

@Suite struct RefinedTests {
  private func request(
    _ row: ReferenceErrorTests.Row, _ objective: Objective, seed: UInt64 = 0
  ) -> FitRequest {
    FitRequest(
      function: row.function, approximator: .nnLUT(.refined), entries: row.entries, format: .fp32,
      domain: row.domain, seed: seed, objective: objective, constraints: .free)
  }

  @Test(arguments: ReferenceErrorTests.rows)
  func isCloseToTheExactOptimum(row: ReferenceErrorTests.Row) throws {
    let squares = try request(row, .meanSquare).fit { _ in }
    #expect(try #require(squares.certificate).ratio < 1.02)
    let maximum = try request(row, .maximum).fit { _ in }
    #expect(try #require(maximum.certificate).ratio < 1.05)
  }

  @Test func seedsChangeNothing() throws {
    for row in ReferenceErrorTests.rows {
      for objective in [Objective.meanSquare, .maximum] {
        var asked = request(row, objective)
        asked.wantsCertificate = false
        let first = try asked.fit { _ in }.table
        for seed in 1...19 as ClosedRange<UInt64> where row.entries == 8 || seed == 1 {
          asked.seed = seed
          #expect(try asked.fit { _ in }.table == first)
        }
      }
    }
  }

  /// Under equal constraints, in their own objective, before rounding.
  @Test(arguments: Objective.allCases)
  func moreEntriesNeverFitWorse(objective: Objective) throws {
    for function in [NonlinearFunction.gelu, .exp, .rsqrt, .tanh, .hardswish] {
      for approximator in [Approximator.nnLUT(.refined), .optimal] {
        for constraints in [FitConstraints.free, FitConstraints(tails: .clamp)] {
          var last = Double.infinity
          for entries in 2...16 {
            let asked = FitRequest(
              function: function, approximator: approximator, entries: entries, format: .fp32,
              domain: function.paperDomain, objective: objective, constraints: constraints)
            let error = try Self.error(of: asked)
            // 2^−14: tables of an even and an odd number can be equally good.
            #expect(
              error <= last * (1 + 0x1p-14), "\(function) \(approximator) \(entries) entries")
            last = error
          }
        }
      }
    }
  }

  /// Under the default constraints too, where small tables may give up y = x: compared with the
  /// last table that met the same.
  @Test(arguments: [NonlinearFunction.gelu, .silu, .hardswish, .exp, .tanh])
  func moreEntriesNeverFitWorseUnderTheDefaultConstraints(function: NonlinearFunction) throws {
    for objective in [Objective.meanSquare, .maximum] {
      for approximator in [Approximator.nnLUT(.refined), .optimal] {
        var last: [Bool: Double] = [:]
        for entries in 2...20 {
          let asked = FitRequest(
            function: function, approximator: approximator, entries: entries, format: .fp32,
            domain: function.paperDomain, objective: objective)
          let problem = FitProblem(asked)
          let error = try Self.error(of: asked, problem)
          #expect(
            error <= last[problem.endsOnIdentity, default: .infinity] * (1 + 0x1p-14),
            "\(objective) \(approximator) \(entries) entries")
          last[problem.endsOnIdentity] = error
        }
      }
    }
  }

  /// The notes tell when y = x is given up, and only then.
  @Test(arguments: [NonlinearFunction.gelu, .silu, .hardswish])
  func aRightLineGivenUpIsTold(function: NonlinearFunction) throws {
    var given: Set<Bool> = []
    for approximator in [Approximator.nnLUT(.refined), .optimal] {
      for entries in [3, 4, 6, 16, 20] {
        let fitted = try FitRequest(
          function: function, approximator: approximator, entries: entries, format: .fp32,
          domain: -4...4,
          weights: [
            WeightedInterval(lower: -4, upper: 1, weight: 1000),
            WeightedInterval(lower: 1, upper: 4, weight: 1),
          ]
        ).fit { _ in }
        let isGivenUp = try #require(fitted.certificate).endsOnIdentity == false
        given.insert(isGivenUp)
        #expect(
          (fitted.notes["right line"] == FitProblem.identityGivenUpNote) == isGivenUp,
          "\(approximator) \(entries) entries")
        if entries > 16 { #expect(!isGivenUp) }
      }
    }
    #expect(given == [true, false])
  }

  private static func error(of request: FitRequest) throws -> Double {
    try error(of: request, FitProblem(request))
  }

  private static func error(of request: FitRequest, _ problem: FitProblem) throws -> Double {
    var notes: [String: String] = [:]
    let ideal =
      request.approximator == .optimal
      ? try problem.optimal(entries: request.entries, continuity: .continuous, notes: &notes) { _ in
      } : try problem.refined(entries: request.entries, notes: &notes) { _ in }
    let table = try LookupTable(
      rounding: ideal, lowerBound: problem.lower, upperBound: problem.upper, left: .clamp,
      right: .clamp, format: .fp32, isNonNegative: false)
    return problem.achieved(by: table).value(of: request.objective)
  }

  /// Every free refined table is continuous: a network computes it.
  @Test func linesMeet() throws {
    for objective in [Objective.meanSquare, .maximum] {
      let ideal = try FitRequest(
        function: .gelu, approximator: .nnLUT(.refined), entries: 12, format: .fp32,
        domain: -5...5, objective: objective
      ).fit { _ in }.ideal
      for (index, x) in ideal.breakpoints.enumerated() {
        let left = ideal.slopes[index] * x + ideal.intercepts[index]
        let right = ideal.slopes[index + 1] * x + ideal.intercepts[index + 1]
        #expect((left - right).magnitude < 1e-12)
      }
    }
  }

  @Test(arguments: [
    [Anchor](), [Anchor(x: 0, y: 0)], [Anchor(x: -4, y: 0.1), Anchor(x: 0.3, y: 0.2)],
  ])
  func gradientsAgreeWithDifferences(anchors: [Anchor]) {
    let function = ApproximatedFunction.nonlinear(.gelu)
    let edges = (0...4000).map { -4 + Double($0) * 0.002 }
    let points = WeightedPoints(
      of: function, on: [WeightedInterval(lower: -4, upper: 4, weight: 1)], edges: edges, mass: 1)
    for identity in [false, true] {
      let problem = KnotLeastSquares(
        function: function, lower: -4, upper: 4, points: points,
        constraints: .init(anchors: anchors, endsOnIdentity: identity))
      let knots = [-2.4567, -1.1234, 0.1, 0.9123, 2.1234]
      let solution = problem.solve(knots: knots)
      for anchor in anchors {
        let piece = max(solution.nodes.firstIndex(above: anchor.x) - 1, 0)
        let share =
          (anchor.x - solution.nodes[piece]) / (solution.nodes[piece + 1] - solution.nodes[piece])
        let rise = solution.values[piece + 1] - solution.values[piece]
        #expect((solution.values[piece] + share * rise - anchor.y).magnitude < 1e-12)
      }
      for index in knots.indices {
        var moved = knots
        moved[index] += 0.004
        let above = problem.solve(knots: moved).error
        moved[index] -= 0.008
        let below = problem.solve(knots: moved).error
        let difference = (above - below) / 0.008
        #expect(
          (difference - solution.gradient[index]).magnitude
            < 0.02 * solution.gradient[index].magnitude + 1e-6,
          "knot \(index): \(difference), \(solution.gradient[index])")
      }
    }
  }
}
