import LookupTables
import Testing

@testable import Approximation

/// Bounds of paths through the tube when the last line is y = x, from positions that anyone may
/// write into a certificate.
@Suite struct MinimaxPathTests {
  private func problem(_ domain: ClosedRange<Double>) -> FitProblem {
    // Of many entries none gives up the line y = x.
    FitProblem(
      FitRequest(
        function: .gelu, approximator: .optimal, entries: 32, format: .fp32, domain: domain,
        objective: .maximum, constraints: FitConstraints(hasAnchors: false)))
  }

  @Test func positionsClaimNothingThatAPathRefutes() {
    // The line through f(1) and f(2) meets y = x at 2.4, where nobody asks; y = x serves 8.
    let problem = problem(-4...8)
    #expect(problem.endsOnIdentity)
    #expect(problem.pathBound(entries: 2, positions: [1, 2, 8]) < 1e-6)
    #expect(problem.pathBound(entries: 2, positions: [-2, -1, 0, 1, 2, 8]) > 1e-2)
  }

  /// The walk against trying all chains of lines through two ends of segments.
  @Test(arguments: 0..<12 as Range<UInt64>)
  func boundsAreThoseOfAllChainsOfLines(seed: UInt64) throws {
    var random = SeededNumbers(seed: 700 + seed)
    let functions: [NonlinearFunction] = [.gelu, .silu, .hardswish, .geluTanh]
    let constraints: [FitConstraints] = [
      .free, FitConstraints(), FitConstraints(hasAnchors: false), FitConstraints(tails: .line),
    ]
    for entries in 2...4 {
      let function = functions[Int(random.between(0, 3.999))]
      let problem = FitProblem(
        FitRequest(
          function: function, approximator: .optimal, entries: 32, format: .fp32,
          domain: -4...4, objective: random.between(0, 1) < 0.7 ? .maximum : .relativeMaximum,
          constraints: constraints[Int(seed) % constraints.count]))
      var positions = (0..<3 * entries).map { _ in Double(Float(random.between(-4, 4))) }
      positions = (positions + problem.anchors.map(\.x)).sorted()
      let bound = problem.pathBound(entries: entries, positions: positions)
      let place = "seed \(seed), \(function), \(entries) entries at \(positions)"
      #expect(
        problem.isPath(within: bound * (1 + 1e-6) + 1e-12, at: positions, entries: entries),
        "\(place)")
      if bound > 1e-9 {
        #expect(
          !problem.isPath(within: bound * (1 - 1e-6), at: positions, entries: entries), "\(place)")
      }
    }
  }

  @Test func theWalksPositionsAreNotProvenByNothing() throws {
    // Both kinds occur above: this one is under y = x and well above 0.
    let problem = problem(-4...4)
    #expect(problem.endsOnIdentity)
    let positions = [-4.0, -2.5, -1, -0.5, 0, 0.5, 1, 2, 3, 4]
    let bound = problem.pathBound(entries: 3, positions: positions)
    #expect(bound > 1e-2)
    #expect(!problem.isPath(within: 0.999 * bound, at: positions, entries: 3))
    #expect(!problem.withoutConstraints().isPath(within: 1e-3, at: positions, entries: 3))
  }

  @Test(arguments: [4, 8, 16, 20])
  func aContinuousTableNeverBeatsItsBound(entries: Int) throws {
    for domain in [-4.0...4, -3...8, -6...2] {
      let solution = try problem(domain).minimax(
        entries: entries, continuity: .continuous, progress: { _ in })
      #expect(solution.error >= solution.bound.value * (1 - 1e-9))
      #expect(solution.error <= 1.02 * solution.bound.value, "\(domain), \(entries) entries")
    }
  }
}
