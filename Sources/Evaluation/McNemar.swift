/// McNemar's exact test (1947; Fagerland, Lydersen and Laake, 2013): of the items on which exactly
/// one of two models is right, does one model win more than a fair coin would?
enum McNemar {
  /// The two-sided p: min(1, 2 · P(X ≤ min(wins, losses))) with X binomial of wins + losses coins.
  ///
  /// - Parameters:
  ///   - wins: items that only the variant has right, 0 or more.
  ///   - losses: items that only the baseline has right, 0 or more.
  /// - Returns: in `0...1`; 1 without any such item.
  static func p(wins: Int, losses: Int) -> Double {
    let (total, fewer) = (wins + losses, min(wins, losses))
    guard total > 0, 2 * fewer < total else { return 1 }
    // C(total, fewer) / 2^total as fraction · 2^exponent: neither part overflows.
    var fraction = 1.0
    var exponent = -total
    for index in 0..<fewer {
      fraction *= Double(total - index) / Double(index + 1)
      exponent += Int(fraction.exponent)
      fraction = fraction.significand
    }
    // The smaller terms, relative to that one.
    var sum = 1.0
    var term = 1.0
    for index in stride(from: fewer, to: 0, by: -1) {
      term *= Double(index) / Double(total - index + 1)
      guard sum + term > sum else { break }
      sum += term
    }
    let scaled = fraction * sum * 2
    guard exponent > -1100 else { return 0 }
    return min(1, Double(sign: .plus, exponent: exponent, significand: scaled))
  }

  /// The p of two models whose items are right or wrong.
  static func p(variant: [Bool], baseline: [Bool]) -> Double {
    let pairs = zip(variant, baseline)
    return p(wins: pairs.count { $0 && !$1 }, losses: pairs.count { !$0 && $1 })
  }
}
