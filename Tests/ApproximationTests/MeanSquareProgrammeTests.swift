import LookupTables
import Testing

@testable import Approximation

@Suite struct MeanSquareProgrammeTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func findsTheBestOfAllPartitions(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let isConvex = seed % 2 == 0
    var small = SmallMeanSquare(
      points: 5 + Int(seed % 6), isConvex: isConvex, anchors: Int(seed / 2 % 4), random: &random)
    small.endsOnIdentity = seed % 3 == 0
    let costs = try small.costs()
    let programme = PartitionProgramme(costs: costs, endsOnIdentity: small.endsOnIdentity)
    for pieces in 1...5 {
      let optimum = small.optimum(pieces: pieces)
      let full = programme.partition(pieces: pieces, isConvexOrConcave: false)
      #expect(isClose(full.error, optimum), "seed \(seed), \(pieces) pieces")
      #expect(full.cuts.count == pieces - 1)
      if isConvex {
        let quick = programme.partition(pieces: pieces, isConvexOrConcave: true)
        #expect(isClose(quick.error, optimum), "seed \(seed), \(pieces) pieces, convex")
      }
      guard optimum.isFinite else { continue }
      // The cuts are those of the error.
      let bounds = [0] + full.cuts + [small.x.count]
      let free = small.endsOnIdentity ? pieces - 1 : pieces
      var sum = small.endsOnIdentity ? costs.identityFrom[bounds[free]] : 0
      for piece in 0..<free { sum += small.cost(bounds[piece], bounds[piece + 1]) }
      #expect(isClose(sum, optimum), "seed \(seed), \(pieces) pieces")
    }
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func windowsReachTheOptimumFromCloseBy(seed: UInt64) throws {
    var random = SeededNumbers(seed: 1000 + seed)
    let small = SmallMeanSquare(points: 60, isConvex: true, anchors: 2, random: &random)
    let costs = try small.costs()
    let best = PartitionProgramme(costs: costs, endsOnIdentity: false)
      .partition(pieces: 5, isConvexOrConcave: true)
    var moved = best
    let cuts = best.cuts.map { min(60, max(0, $0 + Int(random.between(-4, 4)))) }.sorted()
    moved.bounds = [0] + cuts + [60]
    moved.error = .infinity
    let refined = PartitionRefinement(costs: costs, endsOnIdentity: false)
      .refined(moved, steps: Array(repeating: 1, count: 6))
    #expect(isClose(refined.error, best.error), "seed \(seed)")
  }

  /// Where the quadrangle inequality holds, divide and conquer is the full programme.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func divideAndConquerIsExactForConvexFunctions(seed: UInt64) throws {
    var random = SeededNumbers(seed: 2000 + seed)
    let small = SmallMeanSquare(
      points: 150, isConvex: true, anchors: Int(seed % 3), random: &random)
    let programme = PartitionProgramme(costs: try small.costs(), endsOnIdentity: false)
    for pieces in [2, 3, 6, 9] {
      let quick = programme.partition(pieces: pieces, isConvexOrConcave: true)
      let full = programme.partition(pieces: pieces, isConvexOrConcave: false)
      #expect(isClose(quick.error, full.error), "seed \(seed), \(pieces) pieces")
    }
  }

  /// DESIGN §5: divide and conquer alone is wrong where f″ changes its sign.
  @Test func theFullProgrammeIsNeededForOthers() throws {
    var worst = 1.0
    for seed in 0..<40 as Range<UInt64> {
      var random = SeededNumbers(seed: 3000 + seed)
      let small = SmallMeanSquare(points: 40, isConvex: false, anchors: 0, random: &random)
      let programme = PartitionProgramme(costs: try small.costs(), endsOnIdentity: false)
      let quick = programme.partition(pieces: 4, isConvexOrConcave: true)
      let full = programme.partition(pieces: 4, isConvexOrConcave: false)
      #expect(full.error <= quick.error)
      worst = max(worst, quick.error / full.error)
    }
    #expect(worst > 1.01)
  }

  /// The residuals of short runs are many orders below the squares that they are made of.
  @Test(arguments: [
    (NonlinearFunction.exp, -256.0, 0.0), (.rsqrt, 0.1, 1024), (.reciprocal, 1, 1024),
    (.gelu, -5, 5),
  ])
  func nothingCancels(function: NonlinearFunction, lower: Double, upper: Double) {
    let problem = MeanSquareProblems.problem(function, lower...upper, entries: 16)
    let points = problem.measure(cutAt: problem.quadratureEdges(entries: 16))
    let groups = PointGroups(points: points, anchors: [])
    let costs = groups.costs(anchors: [], hasFloor: false)
    var random = SeededNumbers(seed: 7)
    for _ in 0..<200 {
      let start = Int(random.between(0, Double(groups.count - 300)))
      let end = start + Int(random.between(3, 300))
      let exact = PreciseLine(points: points, range: start..<end).residual
      let squares = (start..<end).reduce(0) {
        $0 + points.weights[$1] * points.values[$1] * points.values[$1]
      }
      // What rounding f itself to float64 leaves.
      let floor = 1e-31 * squares
      let difference = (costs(start, end) - exact).magnitude
      #expect(difference <= 1e-6 * exact + floor, "\(start)..<\(end): \(exact)")
    }
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool {
    a == b || (a - b).magnitude <= 1e-9 * max(a.magnitude, b.magnitude) + 1e-14
  }
}

/// A number as a sum of two (Dekker 1971), twice float64's precision.
private struct Precise {
  var high: Double
  var low = 0.0

  init(_ high: Double, _ low: Double = 0) {
    self.high = high + low
    self.low = low - (self.high - high)
  }

  static func + (a: Precise, b: Precise) -> Precise {
    let sum = a.high + b.high
    let part = sum - a.high
    let rest = (a.high - (sum - part)) + (b.high - part)
    return Precise(sum, rest + a.low + b.low)
  }

  static prefix func - (a: Precise) -> Precise { Precise(-a.high, -a.low) }

  static func * (a: Precise, b: Precise) -> Precise {
    let product = a.high * b.high
    let rest = (-product).addingProduct(a.high, b.high)
    return Precise(product, rest + (a.high * b.low + a.low * b.high))
  }

  static func / (a: Precise, b: Precise) -> Precise {
    let first = a.high / b.high
    let rest = a + -(b * Precise(first))
    let second = rest.high / b.high
    let last = rest + -(b * Precise(second))
    return Precise(first, second) + Precise(last.high / b.high)
  }
}

/// The line of least squares from plain sums in twice the precision.
private struct PreciseLine {
  let residual: Double

  init(points: WeightedPoints, range: Range<Int>) {
    let x = range.map { Precise(points.positions[$0]) }
    let f = range.map { Precise(points.values[$0]) }
    let w = range.map { Precise(points.weights[$0]) }
    func sum(_ term: (Int) -> Precise) -> Precise {
      x.indices.reduce(Precise(0)) { $0 + term($1) }
    }
    let mass = sum { w[$0] }
    let meanX = sum { w[$0] * x[$0] } / mass
    let meanF = sum { w[$0] * f[$0] } / mass
    let dx = x.map { $0 + -meanX }
    let df = f.map { $0 + -meanF }
    let slope = sum { w[$0] * dx[$0] * df[$0] } / sum { w[$0] * dx[$0] * dx[$0] }
    residual =
      sum {
        let error = df[$0] + -(slope * dx[$0])
        return w[$0] * error * error
      }.high
  }
}
