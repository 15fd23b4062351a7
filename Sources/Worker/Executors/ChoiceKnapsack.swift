/// One option of each group, so that the costs' sum is least while the errors' sum keeps a budget.
///
/// All numbers are integers, and nothing is dropped that could be part of the best choice as long as
/// there are at most ``maximumStates`` choices for the first groups of which none beats another in
/// both sums. Where there are more, the budget is cut into that many steps and of the choices in one
/// step only the cheapest goes on. Then what is found keeps the budget all the same, and costs no
/// more than the best choice for a budget that is smaller by one step for each group: a choice may
/// come to stand a step higher at each group, never more. Memory is 8 bytes for each group and
/// state, time in proportion to groups · states · options.
struct ChoiceKnapsack {
  /// More would let sums overflow.
  static let maximumGroups = 1000

  struct Option: Hashable {
    /// Not negative; at most 2^40.
    var cost: Int
    /// Not negative; at most 2^52.
    var error: Int
  }

  /// None empty; at most ``maximumGroups``.
  let groups: [[Option]]
  /// Choices that are kept at a time; at least 1, less than 2^31.
  var maximumStates = 20_000

  /// A choice for the first groups.
  private struct State {
    var cost: Int
    var error: Int
    /// Its index among the states before.
    var parent: Int32
    /// Of the last of these groups.
    var option: Int32
  }

  /// How a state came about: all that is kept of earlier groups.
  private struct Step {
    var parent: Int32
    var option: Int32
  }

  /// The option's index of each group: least cost, then least error, then the options listed first.
  /// Nil when no choice keeps the budget.
  ///
  /// States that another beats in both sums are dropped (dynamic programming), and so are those
  /// whose lower bound, from the Lagrangian relaxation of the groups that follow, is above a choice
  /// that is known.
  /// - Parameters:
  ///   - budget: In `0...2^52`.
  ///   - progress: Called now and then with the fraction done; what it throws ends the search.
  func best(budget: Int, progress: (Double) throws -> Void) throws -> [Int]? {
    guard let relaxation = LagrangianRelaxation(groups, budget: budget) else { return nil }
    let price = relaxation.price
    let least = suffixSums(0) { group in group.map(\.error).min() ?? 0 }
    let relaxed = suffixSums(0.0) { group in
      group.map { $0.weighted(price) }.min() ?? 0
    }
    let known = Double(relaxation.cost)
    // Sums of rounded numbers: room for their rounding.
    let slack = 1e-9 * (known + price * Double(budget)) + 1e-6
    var states = [State(cost: 0, error: 0, parent: 0, option: 0)]
    var steps: [[Step]] = []
    for (index, group) in groups.enumerated() {
      var next: [State] = []
      for (parent, state) in states.enumerated() {
        if parent.isMultiple(of: 1024) {
          try progress(
            (Double(index) + Double(parent) / Double(states.count)) / Double(groups.count))
        }
        for (number, option) in group.enumerated() {
          let cost = state.cost + option.cost
          let error = state.error + option.error
          let bound = Double(cost) + relaxed[index + 1] - price * Double(budget - error)
          guard error + least[index + 1] <= budget, bound <= known + slack else {
            continue
          }
          next.append(
            State(cost: cost, error: error, parent: Int32(parent), option: Int32(number)))
        }
      }
      states = thinned(unbeaten(next), budget: budget)
      steps.append(states.map { Step(parent: $0.parent, option: $0.option) })
    }
    try progress(1)
    // Thinned states may all have missed what is known.
    guard let found = states.first, found.cost <= relaxation.cost else { return relaxation.choice }
    var choice: [Int] = []
    var place = 0
    for layer in steps.reversed() {
      choice.append(Int(layer[place].option))
      place = Int(layer[place].parent)
    }
    return choice.reversed()
  }

  /// Those that none beats in both sums: costs ascend, errors descend.
  private func unbeaten(_ states: [State]) -> [State] {
    var kept: [State] = []
    let sorted = states.sorted {
      ($0.cost, $0.error, $0.parent, $0.option) < ($1.cost, $1.error, $1.parent, $1.option)
    }
    for state in sorted where state.error < kept.last?.error ?? .max { kept.append(state) }
    return kept
  }

  /// At most ``maximumStates``: the cheapest of each step of the budget where there are more.
  /// - Parameter states: As of ``unbeaten(_:)``.
  private func thinned(_ states: [State], budget: Int) -> [State] {
    guard states.count > maximumStates else { return states }
    let width = budget / maximumStates + 1
    var kept: [State] = []
    for state in states where state.error / width < kept.last.map({ $0.error / width }) ?? .max {
      kept.append(state)
    }
    return kept
  }

  /// The sums of a group's value over the groups from each index on; the last is zero.
  private func suffixSums<Value: AdditiveArithmetic>(
    _ zero: Value, _ value: ([Option]) -> Value
  ) -> [Value] {
    var sums = [zero]
    for group in groups.reversed() { sums.append((sums.last ?? zero) + value(group)) }
    return sums.reversed()
  }
}

extension ChoiceKnapsack.Option {
  /// The cost with its error paid for.
  func weighted(_ price: Double) -> Double { Double(cost) + price * Double(error) }
}
