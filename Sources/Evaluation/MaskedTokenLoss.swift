/// Bounds of what a masked token can cost, so that one damaged token leaves a finite perplexity.
enum MaskedTokenLoss {
  /// In nats. A token whose loss is not a number, or larger, counts so much: e¹⁰⁰ is far beyond any
  /// vocabulary.
  static let worst = 100.0

  /// eˣ by its Taylor series after reduction to |r| ≤ ln 2 / 2, within 2 ulp; no library's
  /// exponential shows in a result's bytes.
  ///
  /// - Parameter x: in `-100...100`.
  static func exponential(_ x: Double) -> Double {
    let steps = (x * 1.4426950408889634).rounded()
    // ln 2 in two parts, the first with so few bits that `steps` times it is exact.
    let rest = (x - steps * 0x1.62e42fee00000p-1) - steps * 0x1.a39ef35793c76p-33
    var sum = 0.0
    for index in stride(from: 15.0, to: 0, by: -1) { sum = (sum + 1) * rest / index }
    return Double(sign: .plus, exponent: Int(steps), significand: 1 + sum)
  }
}
