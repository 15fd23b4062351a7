import Testing

@testable import Worker

struct ChoiceKnapsackTests {
  private typealias Option = ChoiceKnapsack.Option

  private struct Generator {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  private func sums(_ groups: [[Option]], _ choice: [Int]) -> (cost: Int, error: Int) {
    zip(groups, choice).reduce((0, 0)) { sums, pair in
      (sums.0 + pair.0[pair.1].cost, sums.1 + pair.0[pair.1].error)
    }
  }

  /// The least (cost, error) of all choices within the budget.
  private func exhaustive(_ groups: [[Option]], _ budget: Int) -> (cost: Int, error: Int)? {
    var sums = [(cost: 0, error: 0)]
    for group in groups {
      sums = sums.flatMap { sum in group.map { (sum.cost + $0.cost, sum.error + $0.error) } }
    }
    return sums.filter { $0.error <= budget }.min { $0 < $1 }
  }

  @Test(arguments: 0..<400) func asGoodAsTryingEverything(seed: UInt64) throws {
    var generator = Generator(state: seed)
    // Small numbers make ties, large ones use the whole range.
    let scale = [3, 20, 1000, 1 << 40][generator.next(4)]
    let groups = (0..<1 + generator.next(6)).map { _ in
      (0..<1 + generator.next(5)).map { _ in
        Option(cost: generator.next(min(scale, 1 << 20)), error: generator.next(scale))
      }
    }
    let budget = generator.next(scale) * groups.count / 2
    let best = exhaustive(groups, budget)
    let choice = try ChoiceKnapsack(groups: groups).best(budget: budget) { _ in }
    guard let best, let choice else {
      #expect(best == nil && choice == nil, "seed \(seed)")
      return
    }
    #expect(sums(groups, choice) == best, "seed \(seed)")
  }

  /// With room for a few choices at a time only: what is found keeps the budget and costs no more
  /// than the best for a budget that is smaller by one step a group.
  @Test(arguments: 0..<400) func withFewStatesTheBudgetIsKept(seed: UInt64) throws {
    var generator = Generator(state: seed)
    // Where cost and error add up to nearly the same, bounds prune little.
    let noise = seed.isMultiple(of: 2) ? 1 << 16 : 1 << 6
    let groups = (0..<6 + generator.next(2)).map { _ in
      let size = (1 << 19) + generator.next(1 << 19)
      return (0..<3 + generator.next(2)).map { _ in
        let error = generator.next(size)
        return Option(cost: size - error + generator.next(noise), error: error)
      }
    }
    let budget = ((1 << 18) + generator.next(1 << 18)) * groups.count
    let states = 40 + generator.next(100)
    let choice = try ChoiceKnapsack(groups: groups, maximumStates: states)
      .best(budget: budget) { _ in }
    guard let best = exhaustive(groups, budget), let choice else {
      #expect(exhaustive(groups, budget) == nil && choice == nil, "seed \(seed)")
      return
    }
    let found = sums(groups, choice)
    #expect(found.error <= budget && found.cost >= best.cost, "seed \(seed)")
    let step = budget / states + 1
    if let tighter = exhaustive(groups, budget - groups.count * step) {
      #expect(found.cost <= tighter.cost, "seed \(seed)")
    }
  }

  /// Costs and errors that fall in lockstep beat no choice and bound none: every sum is a choice of
  /// its own, 2^60 of them.
  private var hardGroups: [[Option]] {
    var generator = Generator(state: 3)
    return (0..<60).map { _ in
      let size = (1 << 30) + generator.next(1 << 30)
      return [Option(cost: size, error: 0), Option(cost: 0, error: size)]
    }
  }

  @Test func aHardChoiceEnds() throws {
    let groups = hardGroups
    let budget = groups.map { $0[1].error }.reduce(0, +) / 2
    let choice = try #require(
      ChoiceKnapsack(groups: groups, maximumStates: 2000).best(budget: budget) { _ in })
    let found = sums(groups, choice)
    // No choice can cost less than what the budget leaves to pay.
    let least = groups.map { $0[0].cost }.reduce(0, +) - budget
    #expect(found.error <= budget)
    #expect(Double(found.cost) <= Double(least) * (1 + 60.0 / 2000))
  }

  @Test func progressRisesAndEndsTheSearch() throws {
    struct Enough: Error {}
    var seen: [Double] = []
    let knapsack = ChoiceKnapsack(groups: hardGroups, maximumStates: 100)
    _ = try knapsack.best(budget: 1 << 34) { seen.append($0) }
    #expect(seen.count > 60 && seen == seen.sorted() && seen.last == 1)
    var calls = 0
    #expect(throws: Enough.self) {
      try knapsack.best(budget: 1 << 34) { _ in
        calls += 1
        if calls == 5 { throw Enough() }
      }
    }
    #expect(calls == 5)
  }

  /// As many tables and candidates as a large model with all formats has, errors that fall with the
  /// fourth power of the size.
  @Test func manyTablesAreNoTrouble() throws {
    var generator = Generator(state: 5)
    let groups = (0..<150).map { _ in
      let weight = 1 << (30 + generator.next(14))
      return (2...40).map { size in
        Option(
          cost: 20_000 * size + generator.next(5000),
          error: weight / (size * size * size * size) + generator.next(1000))
      }
    }
    let budget = groups.map { $0[6].error }.reduce(0, +)
    let choice = try #require(ChoiceKnapsack(groups: groups).best(budget: budget) { _ in })
    #expect(sums(groups, choice).error <= budget)
    #expect(sums(groups, choice).cost < groups.map { $0[6].cost }.reduce(0, +))
  }
}
