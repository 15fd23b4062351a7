import Foundation

/// A range of numbers on a line of so many units, with round ticks.
struct AxisScale {
  let lower: Double
  let upper: Double
  /// Equal steps are equal ratios; both bounds are above 0.
  let isLogarithmic: Bool
  /// Round numbers inside the range, ascending.
  let ticks: [Double]

  /// - Parameters:
  ///   - range: Of what is shown.
  ///   - isLogarithmic: Counts only where the lower bound is above 0.
  ///   - tickCount: About so many.
  init(_ range: ClosedRange<Double>, isLogarithmic: Bool = false, tickCount: Int) {
    lower = range.lowerBound
    upper = range.upperBound > range.lowerBound ? range.upperBound : range.lowerBound + 1
    self.isLogarithmic = isLogarithmic && range.lowerBound > 0
    ticks =
      self.isLogarithmic
      ? Self.powers(from: lower, to: upper)
      : Self.roundSteps(from: lower, to: upper, count: max(2, tickCount))
  }

  /// Where a value lies, 0 at the lower and 1 at the upper bound.
  func share(of value: Double) -> Double {
    isLogarithmic
      ? log(max(value, .leastNonzeroMagnitude) / lower) / log(upper / lower)
      : (value - lower) / (upper - lower)
  }

  /// The value at a share.
  func value(at share: Double) -> Double {
    isLogarithmic ? lower * pow(upper / lower, share) : lower + (upper - lower) * share
  }

  /// A tick's number, as short as its neighbours allow.
  func label(_ tick: Double) -> String {
    if tick == 0 { return "0" }
    let largest = max(lower.magnitude, upper.magnitude)
    if largest >= 1e5 || largest < 1e-2 {
      return String(format: "%.3g", tick)
    }
    let step = isLogarithmic || ticks.count < 2 ? tick : ticks[1] - ticks[0]
    let digits = max(0, Int((-log10(step.magnitude) + 0.999).rounded(.down)))
    let text = String(format: "%.\(min(digits, 6))f", tick)
    guard text.contains(".") else { return text }
    var trimmed = text
    while trimmed.last == "0" { trimmed.removeLast() }
    if trimmed.last == "." { trimmed.removeLast() }
    return trimmed
  }

  /// Multiples of 1, 2 or 5 times a power of ten.
  private static func roundSteps(from lower: Double, to upper: Double, count: Int) -> [Double] {
    let rough = (upper - lower) / Double(count)
    let power = pow(10, log10(rough).rounded(.down))
    let factor = [1.0, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10
    let step = factor * power
    let first = Int((lower / step - 1e-9).rounded(.up))
    let last = Int((upper / step + 1e-9).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  /// Powers of ten, and 2 and 5 between them when there are few.
  private static func powers(from lower: Double, to upper: Double) -> [Double] {
    let decades = Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.up))
    let factors: [Double] = decades.count <= 4 ? [1, 2, 5] : [1]
    return decades.flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
      .filter { $0 >= lower * 0.999999 && $0 <= upper * 1.000001 }
  }
}
