import LookupTables
import Testing

@testable import Approximation

@Suite struct MinimaxTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var function: NonlinearFunction
    var domain: ClosedRange<Double>
    var entries: Int
    /// DESIGN §5: the exact value of convex rows, gelu's discontinuous optimum and the best
    /// continuous table known so far.
    var discontinuous: Double
    var continuous: Double
    var testDescription: String { "\(function) \(domain) \(entries)" }

    init(
      _ function: NonlinearFunction, _ domain: ClosedRange<Double>, _ entries: Int,
      _ discontinuous: Double, _ continuous: Double? = nil
    ) {
      self.function = function
      self.domain = domain
      self.entries = entries
      self.discontinuous = discontinuous
      self.continuous = continuous ?? discontinuous
    }
  }

  static let rows: [Row] = [
    .init(.gelu, -4...4, 8, 6.25e-3, 6.69e-3), .init(.gelu, -4...4, 16, 2.05e-3, 2.59e-3),
    .init(.gelu, -5...5, 16, 2.2e-3, 2.8e-3), .init(.exp, -8...0, 8, 3.82e-3),
    .init(.exp, -8...0, 16, 9.45e-4), .init(.exp, -256...0, 16, 1.01e-3),
    .init(.reciprocal, 0.5...4, 8, 6.53e-3), .init(.reciprocal, 0.5...4, 16, 1.63e-3),
    .init(.reciprocal, 1...1024, 16, 1.83e-3), .init(.rsqrt, 0.25...4, 8, 5.85e-3),
    .init(.rsqrt, 0.25...4, 16, 1.46e-3), .init(.rsqrt, 0.1...1024, 16, 7.48e-3),
  ]

  @Test(arguments: rows)
  func referencesAreMetAndProven(row: Row) throws {
    let problem = MinimaxSamples.problem(.nonlinear(row.function), row.domain)
    for (continuity, reference) in [
      (Continuity.discontinuous, row.discontinuous), (.continuous, row.continuous),
    ] {
      let found = try problem.minimax(entries: row.entries, continuity: continuity) { _ in }
      #expect(found.error <= 1.005 * reference)
      #expect(found.error <= 1.0005 * found.bound.value)
      #expect(found.error >= found.bound.value)
      // The references of exp and reciprocal are without lines that dip below 0.
      if problem.isConvexOrConcave {
        #expect(found.error >= (row.function == .rsqrt ? 0.995 : 0.9) * reference)
      }
      let sampled = MinimaxSamples.largestError(found.ideal, problem, steps: 40_000)
      #expect(sampled <= found.error * (1 + 1e-9))
      #expect(sampled >= 0.999 * found.error)
      if continuity == .continuous { expectContinuous(found.ideal, problem) }
      if problem.isConvexOrConcave || continuity == .discontinuous {
        try expectProof(found.bound, of: problem, entries: row.entries)
      }
    }
  }

  /// Every function, tight constraints and relative errors too.
  @Test(
    arguments: NonlinearFunction.allCases, [Objective.maximum, .relativeMaximum])
  func constrainedTablesAreProvenOptimal(
    function: NonlinearFunction, objective: Objective
  ) throws {
    let domain =
      function == .exp
      ? -8.0...0 : [.reciprocal, .rsqrt].contains(function) ? 0.25...8 : -5.0...5
    for constraints in [FitConstraints(), .init(tails: .clamp), .free] {
      let problem = MinimaxSamples.problem(
        .nonlinear(function), domain, objective: objective, constraints: constraints)
      for entries in [2, 3, 16] {
        for continuity in Continuity.allCases {
          let found = try problem.minimax(entries: entries, continuity: continuity) { _ in }
          let place = "\(constraints) \(entries) \(continuity)"
          #expect(found.ideal.entries == entries, "\(place)")
          #expect(found.error <= 1.001 * found.bound.value + 1e-15, "\(place)")
          #expect(found.error >= found.bound.value * (1 - 1e-9), "\(place)")
          let sampled = MinimaxSamples.largestError(found.ideal, problem, steps: 5_000)
          #expect(sampled <= found.error * (1 + 1e-6) + 1e-15, "\(place)")
          for anchor in problem.anchors {
            let off = (found.ideal(anchor.x) - anchor.y).magnitude
            #expect(off <= (anchor.x == 0 ? 0 : 1e-14), "\(place): \(anchor)")
          }
          if problem.endsOnIdentity {
            #expect(found.ideal.slopes.last == 1 && found.ideal.intercepts.last == 0)
          }
          if continuity == .continuous { expectContinuous(found.ideal, problem) }
          try expectProof(found.bound, of: problem, entries: entries)
        }
      }
    }
  }

  @Test func anchorAtZeroIsExactAndTheIdentityJoins() throws {
    let problem = MinimaxSamples.problem(.nonlinear(.gelu), -4...4, constraints: .init())
    for continuity in Continuity.allCases {
      let found = try problem.minimax(entries: 8, continuity: continuity) { _ in }
      #expect(found.ideal(0) == 0)
      #expect(found.ideal.breakpoints[6] < 3)
      let free = try problem.withoutConstraints().minimax(entries: 8, continuity: continuity) { _ in
      }
      #expect(found.error > 1.1 * free.error)
    }
  }

  @Test func identityBeginsBehindADomainThatEndsBeforeIt() throws {
    let problem = MinimaxSamples.problem(.nonlinear(.gelu), -4...1, constraints: .init())
    for continuity in Continuity.allCases {
      let found = try problem.minimax(entries: 16, continuity: continuity) { _ in }
      #expect(found.ideal.breakpoints[14] > 1)
      #expect(found.error < 3e-3)
      try expectProof(found.bound, of: problem, entries: 16)
    }
  }

  /// Each line's error has its extremes three times, on alternating sides.
  @Test func discontinuousLinesOscillateEvenly() throws {
    for (function, domain) in [(NonlinearFunction.gelu, -4.0...4.0), (.exp, -8...0)] {
      let problem = MinimaxSamples.problem(.nonlinear(function), domain)
      let found = try problem.minimax(entries: 8, continuity: .discontinuous) { _ in }
      let edges = [problem.lower] + found.ideal.breakpoints + [problem.upper]
      for entry in 0..<8 {
        let errors = (0...2_000).map { step in
          let x = edges[entry] + (edges[entry + 1] - edges[entry]) * Double(step) / 2_000
          let line = found.ideal.slopes[entry] * x + found.ideal.intercepts[entry]
          return (function == .exp ? max(0, line) : line) - problem.function(x)
        }
        let largest = errors.map(\.magnitude).max() ?? 0
        var sides: [Bool] = []
        for error in errors where error.magnitude > 0.999 * largest && sides.last != (error > 0) {
          sides.append(error > 0)
        }
        // exp's first line answers 0 where it dips, and comes short once there.
        let least = function == .exp && entry == 0 ? 2 : 3
        #expect(sides.count >= least, "\(function) entry \(entry)")
      }
    }
  }
}

/// No jump at a breakpoint inside the domain.
func expectContinuous(
  _ table: PiecewiseLinear, _ problem: FitProblem, location: SourceLocation = #_sourceLocation
) {
  for (index, x) in table.breakpoints.enumerated() where x < problem.upper && x > problem.lower {
    let left = table.slopes[index] * x + table.intercepts[index]
    let right = table.slopes[index + 1] * x + table.intercepts[index + 1]
    let scale = 1 + left.magnitude + (table.slopes[index] * x).magnitude
    #expect((left - right).magnitude <= 1e-11 * scale, "at \(x)", sourceLocation: location)
  }
}

/// Checks triples anew: disjoint, ascending, and on each the best line, found by search, errs by the
/// bound.
func expectProof(
  _ bound: ProvenBound, of problem: FitProblem, entries: Int,
  location: SourceLocation = #_sourceLocation
) throws {
  #expect(bound.value > 0, "a bound of 0 proves nothing", sourceLocation: location)
  if case .tube(let positions) = bound.witness {
    // All chains of lines of a larger table are too many.
    guard entries <= 4 else { return }
    let error = 0.9999 * bound.value
    #expect(
      !problem.isPath(within: error, at: positions, entries: entries), sourceLocation: location)
    return
  }
  guard case .alternations(var triples) = bound.witness else {
    Issue.record("\(bound.witness) proves no largest error", sourceLocation: location)
    return
  }
  func pinned(_ x: Double) -> Bool { problem.anchors.contains { $0.x == x } }
  if problem.endsOnIdentity {
    let popped = triples.popLast()
    let last = try #require(popped, sourceLocation: location)
    #expect(last.count == 1, sourceLocation: location)
    #expect(last[0] >= triples.last?[2] ?? problem.lower, sourceLocation: location)
    let miss = (last[0] - problem.function(last[0])).magnitude
    #expect(
      miss >= bound.value * problem.tolerance(at: last[0]) || (pinned(last[0]) && miss > 0),
      sourceLocation: location)
  }
  #expect(
    triples.count == (problem.endsOnIdentity ? entries - 1 : entries), sourceLocation: location)
  var end = problem.lower
  for triple in triples {
    #expect(
      triple.count == 3 && triple[0] < triple[1] && triple[1] < triple[2]
        && triple[2] <= problem.upper, sourceLocation: location)
    #expect(
      triple[0] > end || triple[0] == problem.lower || pinned(triple[0]), sourceLocation: location)
    end = triple[2]
    // No slope lets one intercept serve all three.
    let values = triple.map {
      (x: $0, f: problem.function($0), t: pinned($0) ? 0 : problem.tolerance(at: $0))
    }
    let width = bound.value * (1 - 1e-9)
    func overlap(_ slope: Double) -> Double {
      let low = values.map { $0.f - slope * $0.x - width * $0.t }.max() ?? 0
      let high = values.map { $0.f - slope * $0.x + width * $0.t }.min() ?? 0
      return high - low
    }
    // The overlap is concave in the slope; the best one lies between those of neighbouring
    // tolerances' corners.
    var slopes: [Double] = []
    for i in 0..<3 {
      for j in 0..<i {
        for sign in [-1.0, 1] {
          for other in [-1.0, 1] {
            slopes.append(
              (values[i].f + sign * width * values[i].t - values[j].f - other * width * values[j].t)
                / (values[i].x - values[j].x))
          }
        }
      }
    }
    let best = slopes.map(overlap).max() ?? 0
    #expect(best < 1e-15, "\(triple)", sourceLocation: location)
  }
}
