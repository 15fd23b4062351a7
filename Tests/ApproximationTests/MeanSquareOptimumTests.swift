import LookupTables
import Testing

@testable import Approximation

@Suite struct MeanSquareOptimumTests {
  /// DESIGN §5's reference table: the best continuous tables found.
  static let references: [(NonlinearFunction, Double, Double, Int, Double)] = [
    (.gelu, -4, 4, 8, 1.17e-5), (.gelu, -4, 4, 16, 8.3e-7), (.gelu, -5, 5, 16, 7.9e-7),
    (.exp, -8, 0, 8, 3.4e-6), (.exp, -8, 0, 16, 2.1e-7), (.exp, -256, 0, 16, 8.8e-9),
    (.reciprocal, 0.5, 4, 8, 1.1e-5), (.reciprocal, 0.5, 4, 16, 6.9e-7),
    (.reciprocal, 1, 1024, 16, 6.1e-8), (.rsqrt, 0.25, 4, 8, 8.3e-6),
    (.rsqrt, 0.25, 4, 16, 5.2e-7), (.rsqrt, 0.1, 1024, 16, 7.7e-7),
  ]

  @Test(arguments: references)
  func reachesTheReferenceAndProvesIt(
    function: NonlinearFunction, lower: Double, upper: Double, entries: Int, reference: Double
  ) throws {
    for constraints in [FitConstraints.free, FitConstraints()] {
      let problem = MeanSquareProblems.problem(
        function, lower...upper, entries: entries, constraints: constraints)
      let solution = try problem.leastSquares(entries: entries) { _ in }
      // Rounded, as the table says: within 0.5 % and its last digit.
      if constraints == .free { #expect(solution.error < reference * 1.006) }
      let bound = try problem.meanSquareBound(entries: entries)
      #expect(bound.value <= solution.error)
      #expect(bound.value >= 0.993 * solution.error * (1 - 1e-9))
      guard case .cells(let cells) = bound.witness else {
        Issue.record("\(bound.witness)")
        return
      }
      let checked = try problem.meanSquareBound(
        entries: entries, cells: cells, upTo: bound.value)
      #expect(checked >= bound.value * (1 - 1e-9))
      let claimed = try problem.meanSquareBound(
        entries: entries, cells: cells, upTo: 1.1 * solution.error)
      #expect(claimed <= solution.error)
    }
  }

  /// Coarse and ragged cells prove less, and never too much.
  @Test(arguments: 0..<12 as Range<UInt64>)
  func noCellsProveMoreThanTheOptimum(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let cases: [(NonlinearFunction, ClosedRange<Double>)] = [
      (.gelu, -4...4), (.exp, -8...0), (.rsqrt, 0.1...10), (.reciprocal, 1...60),
    ]
    let (function, domain) = cases[Int(seed % 4)]
    let weights =
      seed % 3 == 0
      ? nil
      : MeanSquareProblems.histogram(
        domain, buckets: 40, singles: Int(seed % 5), random: &random)
    let entries = 2 + Int(seed % 7)
    let problem = MeanSquareProblems.problem(
      function, domain, entries: entries,
      objective: seed % 5 == 4 ? .relativeMeanSquare : .meanSquare,
      weights: weights, constraints: seed % 2 == 0 ? .free : FitConstraints())
    let optimum = try problem.leastSquares(entries: entries) { _ in }.error
    for count in [0, 1, 5, 20, 80] {
      let inner = (0..<count).map { _ in random.between(problem.lower, problem.upper) }.sorted()
      let single = (weights ?? []).filter { $0.lower == $0.upper }.map(\.lower)
      let both = random.between(0, 1) < 0.5 ? single + problem.anchors.map(\.x) : []
      let edges =
        ([problem.lower, problem.upper] + inner).filter { !both.contains($0) }
        + both + both
      let bound = try problem.meanSquareBound(
        entries: entries, cells: edges.sorted(), upTo: .infinity)
      #expect(bound <= optimum * (1 + 1e-6), "seed \(seed), \(count) cells")
    }
    let bound = try problem.meanSquareBound(entries: entries)
    #expect(bound.value >= 0.99 * optimum, "seed \(seed)")
  }

  /// An independent search over the cuts of three pieces, with integrals of its own.
  @Test func agreesWithTryingAllCuts() throws {
    let problem = MeanSquareProblems.problem(.gelu, -4...4, entries: 3, constraints: .free)
    let solution = try problem.leastSquares(entries: 3) { _ in }
    let steps = 160
    let function = ApproximatedFunction.nonlinear(.gelu)
    let x = (0..<1600).map { -4 + 8 * (Double($0) + 0.5) / 1600 }
    let f = x.map { function($0) }
    func cost(_ start: Int, _ end: Int) -> Double {
      let range = start * 10..<end * 10
      let count = Double(range.count)
      let meanX = range.reduce(0) { $0 + x[$1] } / count
      let meanF = range.reduce(0) { $0 + f[$1] } / count
      let xx = range.reduce(0) { $0 + (x[$1] - meanX) * (x[$1] - meanX) }
      let xf = range.reduce(0) { $0 + (x[$1] - meanX) * (f[$1] - meanF) }
      let ff = range.reduce(0) { $0 + (f[$1] - meanF) * (f[$1] - meanF) }
      return (ff - xf * xf / xx) / 1600
    }
    var least = Double.infinity
    let first = (1..<steps).map { cost(0, $0) }
    let last = (1..<steps).map { cost($0, steps) }
    for start in 1..<(steps - 1) {
      for end in (start + 1)..<steps where first[start - 1] + last[end - 1] < least {
        least = min(least, first[start - 1] + cost(start, end) + last[end - 1])
      }
    }
    #expect(solution.error <= least * (1 + 1e-4))
    #expect(solution.error >= least * 0.99)
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func moreEntriesNeverFitWorse(seed: UInt64) throws {
    var random = SeededNumbers(seed: 40 + seed)
    let cases: [(NonlinearFunction, ClosedRange<Double>)] = [
      (.gelu, -5...5), (.exp, -16...0), (.rsqrt, 0.1...100),
    ]
    let (function, domain) = cases[Int(seed % 3)]
    let weights =
      seed < 3
      ? nil : MeanSquareProblems.histogram(domain, buckets: 60, singles: 3, random: &random)
    var before = Double.infinity
    for entries in Array(2...20) + [33, 64, 256] {
      let problem = MeanSquareProblems.problem(
        function, domain, entries: entries, weights: weights,
        constraints: seed % 2 == 0 ? .free : FitConstraints())
      let error = try problem.leastSquares(entries: entries) { _ in }.error
      #expect(error <= before * (1 + 1e-9), "seed \(seed), \(entries) entries")
      before = error
    }
  }

  @Test(arguments: [2, 3, 8, 17, 40])
  func keepsItsConstraintsAndReportsItsError(entries: Int) throws {
    var random = SeededNumbers(seed: 77)
    for function in [NonlinearFunction.gelu, .exp, .rsqrt, .reciprocal] {
      let domain = function == .gelu ? -4.0...3 : function == .exp ? -20...0 : 0.5...30
      for tails in TailPolicy.allCases {
        let weights = MeanSquareProblems.histogram(
          domain, buckets: 50, singles: 2, random: &random)
        let problem = MeanSquareProblems.problem(
          function, domain, entries: entries, weights: weights,
          constraints: FitConstraints(tails: tails))
        let solution = try problem.leastSquares(entries: entries) { _ in }
        #expect(solution.ideal.entries == entries)
        for anchor in problem.anchors {
          #expect((solution.ideal(anchor.x) - anchor.y).magnitude <= 1e-12 * max(1, anchor.y))
        }
        if problem.endsOnIdentity {
          #expect(solution.ideal.slopes.last == 1)
          #expect(solution.ideal.intercepts.last == 0)
        }
        let points = problem.measure(cutAt: problem.quadratureEdges(entries: entries))
        let error = points.positions.indices.reduce(0) { sum, index in
          let miss =
            problem.floored(solution.ideal(points.positions[index])) - points.values[index]
          return sum + points.weights[index] * miss * miss
        }
        // The programme cuts zero pieces off between points, not at the lines' roots.
        let room = solution.zeroEnds.count > 0 ? 1e-2 : 1e-6
        #expect(
          (error - solution.error).magnitude <= room * error + 1e-18, "\(function) \(tails)")
      }
    }
  }

  @Test(arguments: [2, 16, 256])
  func anyMeasureWillDo(entries: Int) throws {
    let single = [WeightedInterval(lower: 0.5, upper: 0.5, weight: 3)]
    let few = [-1.5, -1, 0, 0.25, 2].map { WeightedInterval(lower: $0, upper: $0, weight: 1) }
    let narrow = [WeightedInterval(lower: 1, upper: 1 + 1e-9, weight: 1)]
    let integers = (-128...127).map {
      WeightedInterval(lower: Double($0) / 32, upper: Double($0) / 32, weight: Double(128 + $0))
    }
    for (domain, weights) in [
      (0.5...0.5, single), (-1.5...2.0, few), (1...(1 + 1e-9), narrow), (-4...3.96875, integers),
      (-3...3, single),
    ] {
      for constraints in [FitConstraints.free, FitConstraints(), FitConstraints(tails: .clamp)] {
        let problem = MeanSquareProblems.problem(
          .gelu, domain, entries: entries, weights: weights, constraints: constraints)
        let solution = try problem.leastSquares(entries: entries) { _ in }
        #expect(solution.ideal.entries == entries)
        #expect(solution.error.isFinite)
        guard entries < 256 else { continue }
        let bound = problem.meanSquareBound(entries: entries, optimum: solution.error)
        #expect(bound.value <= solution.error)
        #expect(bound.value >= 0.99 * solution.error || solution.error < 1e-28)
      }
    }
  }

  @Test func theLargestTableHasItsBoundToo() throws {
    let problem = MeanSquareProblems.problem(
      .exp, -256...0, entries: 256, constraints: FitConstraints())
    let solution = try problem.leastSquares(entries: 256) { _ in }
    let bound = problem.meanSquareBound(entries: 256, optimum: solution.error)
    #expect(bound.value >= 0.99 * solution.error)
  }

  @Test func samplesThatAreLinesAreMetExactly() throws {
    let x = [-2.0, -1, 0.5, 1, 3]
    let function = try SampledFunction(x: x, y: [1, 0, 2, -1, -1])
    let request = FitRequest(
      function: .sampled(function), approximator: .nnLUT(.refined), entries: 4, format: .fp32,
      domain: -2...3, constraints: .free)
    let problem = FitProblem(request)
    #expect(try problem.leastSquares(entries: 4) { _ in }.error < 1e-28)
    let three = try problem.leastSquares(entries: 3) { _ in }
    #expect(three.error > 1e-3)
    #expect(try problem.meanSquareBound(entries: 3).value >= 0.99 * three.error)
  }

  @Test func sameRequestSameBits() throws {
    let problem = MeanSquareProblems.problem(.gelu, -5...5, entries: 12)
    let first = try problem.leastSquares(entries: 12) { _ in }
    let second = try problem.leastSquares(entries: 12) { _ in }
    #expect(first.ideal == second.ideal)
    #expect(
      try problem.meanSquareBound(entries: 12)
        == problem.meanSquareBound(entries: 12))
  }

  @Test func progressCancels() {
    let problem = MeanSquareProblems.problem(.gelu, -5...5, entries: 12)
    #expect(throws: CancellationError.self) {
      try problem.leastSquares(entries: 12) { if $0 > 0.1 { throw CancellationError() } }
    }
  }
}
