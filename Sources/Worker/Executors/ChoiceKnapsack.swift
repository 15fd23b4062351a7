/// One option of each group, so that the costs' sum is least while the errors' sum keeps a budget.
/// Exact: all numbers are integers, and nothing is dropped that could be part of the best choice.
struct ChoiceKnapsack {
  struct Option: Hashable {
    /// Not negative; at most 2^40.
    var cost: Int
    /// Not negative; at most 2^52.
    var error: Int
  }

  /// None empty; fewer than 1000.
  let groups: [[Option]]

  /// A choice for the first groups.
  private struct State {
    var cost: Int
    var error: Int
    /// Of the last of these groups.
    var option: Int
    /// Its index among the states before.
    var parent: Int
  }

  /// The option's index of each group: least cost, then least error, then the options listed first.
  /// Nil when no choice keeps the budget.
  ///
  /// States that another beats in both sums are dropped (dynamic programming), and so are those
  /// whose lower bound, from the Lagrangian relaxation of the groups that follow, is above a choice
  /// that is known.
  func best(budget: Int) -> [Int]? {
    guard let multiplier = multiplier(budget: budget) else { return nil }
    let least = suffixSums(0) { group in group.map(\.error).min() ?? 0 }
    let relaxed = suffixSums(0.0) { group in
      group.map { Self.weighted($0, multiplier) }.min() ?? 0
    }
    let known = Double(multiplier.cost)
    // Sums of rounded numbers: room for their rounding.
    let slack = 1e-9 * (known + multiplier.price * Double(budget)) + 1e-6
    var layers: [[State]] = [[State(cost: 0, error: 0, option: 0, parent: 0)]]
    for (index, group) in groups.enumerated() {
      var states: [State] = []
      for (parent, state) in layers[index].enumerated() {
        for (number, option) in group.enumerated() {
          let cost = state.cost + option.cost
          let error = state.error + option.error
          let bound =
            Double(cost) + relaxed[index + 1] - multiplier.price * Double(budget - error)
          guard error + least[index + 1] <= budget, bound <= known + slack else {
            continue
          }
          states.append(State(cost: cost, error: error, option: number, parent: parent))
        }
      }
      states.sort {
        ($0.cost, $0.error, $0.parent, $0.option) < ($1.cost, $1.error, $1.parent, $1.option)
      }
      var kept: [State] = []
      for state in states where state.error < kept.last?.error ?? .max { kept.append(state) }
      layers.append(kept)
    }
    guard layers.last?.isEmpty == false else { return nil }
    var choice: [Int] = []
    var place = 0
    for layer in layers.dropFirst().reversed() {
      choice.append(layer[place].option)
      place = layer[place].parent
    }
    return choice.reversed()
  }

  /// A price of error at which every group's cheapest option keeps the budget, and what those cost.
  private struct Multiplier {
    var price: Double
    var cost: Int
  }

  /// The least such price, by bisection. Any price gives a valid bound; a good one a sharp bound.
  private func multiplier(budget: Int) -> Multiplier? {
    func sums(_ price: Double) -> (cost: Int, error: Int) {
      var sums = (cost: 0, error: 0)
      let multiplier = Multiplier(price: price, cost: 0)
      for group in groups {
        let best = group.min {
          let left = Self.weighted($0, multiplier)
          let right = Self.weighted($1, multiplier)
          return left == right ? $0.error < $1.error : left < right
        }
        sums.cost += best?.cost ?? 0
        sums.error += best?.error ?? 0
      }
      return sums
    }
    var low = 0.0
    // Above this, no saving of cost is worth one unit of error.
    var high = 0x1p41
    guard sums(high).error <= budget else { return nil }
    if sums(low).error <= budget { return Multiplier(price: 0, cost: sums(low).cost) }
    for _ in 0..<120 {
      // Prices lie many powers of two apart: halve the exponent first.
      let middle = low == 0 ? high * 0x1p-8 : (low * high).squareRoot()
      guard middle > low, middle < high, middle > 0x1p-80 else { break }
      if sums(middle).error <= budget { high = middle } else { low = middle }
    }
    return Multiplier(price: high, cost: sums(high).cost)
  }

  private static func weighted(_ option: Option, _ multiplier: Multiplier) -> Double {
    Double(option.cost) + multiplier.price * Double(option.error)
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
