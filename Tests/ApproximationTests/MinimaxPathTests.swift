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
