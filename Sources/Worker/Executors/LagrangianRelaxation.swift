/// A price of error at which every group's cheapest option keeps the budget: it bounds what any
/// choice within the budget costs, and gives a good choice.
struct LagrangianRelaxation {
  /// In costs for one unit of error; not negative.
  let price: Double
  /// The option's index of each group, cheapest with its error paid for.
  let choice: [Int]
  /// The sum of their costs.
  let cost: Int

  /// The least such price, by bisection. Any price gives a valid bound; a good one a sharp bound.
  ///
  /// - Parameters:
  ///   - groups: As ``ChoiceKnapsack/groups``.
  ///   - budget: Of the sum of errors.
  /// - Returns: nil when no choice keeps the budget.
  init?(_ groups: [[ChoiceKnapsack.Option]], budget: Int) {
    func choice(_ price: Double) -> (options: [Int], cost: Int, error: Int) {
      var found = (options: [Int](), cost: 0, error: 0)
      for group in groups {
        let best = group.enumerated().min {
          let left = $0.element.weighted(price)
          let right = $1.element.weighted(price)
          return left == right ? $0.element.error < $1.element.error : left < right
        }
        found.options.append(best?.offset ?? 0)
        found.cost += best?.element.cost ?? 0
        found.error += best?.element.error ?? 0
      }
      return found
    }
    var low = 0.0
    // Above this, no saving of cost is worth one unit of error.
    var high = 0x1p41
    var best = choice(high)
    guard best.error <= budget else { return nil }
    let free = choice(low)
    if free.error <= budget {
      best = free
      high = low
    }
    for _ in 0..<120 where high > low {
      // Prices lie many powers of two apart: halve the exponent first.
      let middle = low == 0 ? high * 0x1p-8 : (low * high).squareRoot()
      guard middle > low, middle < high, middle > 0x1p-80 else { break }
      let found = choice(middle)
      if found.error <= budget {
        high = middle
        best = found
      } else {
        low = middle
      }
    }
    price = high
    self.choice = best.options
    cost = best.cost
  }
}
