import LookupTables
import Testing

@testable import Approximation

@Suite struct MinimaxBruteForceTests {
  @Test(arguments: 0..<8 as Range<UInt64>)
  func discontinuousOptimumLiesBetweenTheProgrammes(seed: UInt64) throws {
    let function = try MinimaxSamples.wandering(points: 12, seed: seed)
    // Every cell in parts, so that both programmes come close to cuts anywhere.
    var points: [(x: Double, y: Double)] = []
    for (start, end) in zip(function.x, function.x.dropFirst()) {
      for part in 0..<5 {
        let x = start + (end - start) * Double(part) / 5
        points.append((x, function(x)))
      }
    }
    points.append((function.domain.upperBound, function(function.domain.upperBound)))
    let problem = MinimaxSamples.problem(.sampled(function), function.domain)
    for entries in 2...4 {
      let found = try problem.minimax(entries: entries, continuity: .discontinuous) { _ in }
      let rival = MinimaxSamples.discontinuousOptimum(points, entries: entries)
      #expect(found.error >= rival.below * (1 - 1e-9), "seed \(seed), \(entries) entries")
      #expect(found.error <= rival.above * (1 + 1e-8), "seed \(seed), \(entries) entries")
      #expect(found.bound.value <= rival.above * (1 + 1e-9), "seed \(seed), \(entries) entries")
      #expect(found.error <= found.bound.value * (1 + 1e-6), "seed \(seed), \(entries) entries")
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func noContinuousTableOfTheEnumerationIsBetter(seed: UInt64) throws {
    let function = try MinimaxSamples.wandering(points: 12, seed: 100 + seed)
    let points = zip(function.x, function.y).map { (x: $0, y: $1) }
    let problem = MinimaxSamples.problem(.sampled(function), function.domain)
    for entries in 2...4 {
      let found = try problem.minimax(entries: entries, continuity: .continuous) { _ in }
      let rival = MinimaxSamples.continuousRival(
        points, entries: entries, height: 1.3 * found.error, levels: 11)
      #expect(found.error <= rival * (1 + 1e-8), "seed \(seed), \(entries) entries")
      #expect(found.bound.value <= rival * (1 + 1e-9), "seed \(seed), \(entries) entries")
      #expect(found.error <= found.bound.value * (1 + 1e-6), "seed \(seed), \(entries) entries")
      // Knots on a grid cost something, but not the world.
      #expect(rival < 4 * found.error, "seed \(seed), \(entries) entries")
    }
  }

  /// Where continuous tables are worse than discontinuous ones, the path's positions say so.
  @Test func continuityCostsWhereTheFunctionTurns() throws {
    let problem = MinimaxSamples.problem(.nonlinear(.gelu), -4...4)
    let linked = try problem.minimax(entries: 16, continuity: .continuous) { _ in }
    let loose = try problem.minimax(entries: 16, continuity: .discontinuous) { _ in }
    #expect(linked.bound.value > 1.03 * loose.error)
    guard case .tube(let positions) = linked.bound.witness else {
      Issue.record("triples cannot show more than the discontinuous optimum")
      return
    }
    #expect(positions.count <= 3 * 16)
    #expect(positions.allSatisfy { Double(Float($0)) == $0 })
    // Fewer positions prove less.
    let fewer = Array(positions.dropFirst(4))
    #expect(problem.pathBound(entries: 16, positions: fewer) < 0.999 * linked.bound.value)
  }

  /// The positions of a small table's bound against all chains of lines, free and under y = x.
  @Test(arguments: [(FitConstraints.free, 4), (FitConstraints(), 3), (FitConstraints(), 4)])
  func positionsProveTheirBound(constraints: FitConstraints, entries: Int) throws {
    var paths = 0
    for function in [NonlinearFunction.gelu, .silu, .tanh, .sigmoid] {
      // Of many entries none gives up the line y = x.
      let problem = FitProblem(
        FitRequest(
          function: function, approximator: .optimal, entries: 32, format: .fp32, domain: -4...4,
          objective: .maximum, constraints: constraints))
      let bound = try problem.minimaxBound(entries: entries, continuity: .continuous)
      guard case .tube(let positions) = bound.witness else { continue }
      paths += 1
      let place = "\(function), \(entries) entries"
      #expect(
        problem.isPath(within: 1.0001 * bound.value, at: positions, entries: entries), "\(place)")
      #expect(
        !problem.isPath(within: 0.9999 * bound.value, at: positions, entries: entries), "\(place)")
    }
    #expect(paths > 0)
  }
}
