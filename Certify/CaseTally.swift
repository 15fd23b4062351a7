import Foundation

/// What came of one request.
struct CaseOutcome {
  var title: String
  /// What does not hold, a line each.
  var problems: [String] = []
  /// Why there is no such table, if that is so.
  var refusal: String?
  /// Error over bound, where something is proven.
  var ratio: Double?
}

/// All outcomes together.
struct CaseTally {
  private(set) var fitted = 0
  private(set) var refused = 0
  private(set) var failures = 0
  private var worst: (ratio: Double, title: String) = (0, "")
  private var ratios: [Double] = []

  mutating func add(_ outcome: CaseOutcome, printing: Bool) {
    if let refusal = outcome.refusal {
      refused += 1
      if printing { print("\(outcome.title): refused: \(refusal)") }
      return
    }
    fitted += 1
    if let ratio = outcome.ratio {
      ratios.append(ratio)
      if ratio > worst.ratio { worst = (ratio, outcome.title) }
    }
    if printing { print("\(outcome.title): ratio \(outcome.ratio ?? .nan)") }
    guard !outcome.problems.isEmpty else { return }
    failures += 1
    for problem in outcome.problems { print("WRONG: \(outcome.title): \(problem)") }
  }

  var summary: String {
    let sorted = ratios.sorted()
    let median = sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    return """
      \(fitted) tables fitted and checked, \(refused) requests refused as impossible, \(failures) wrong
      ratio of error to bound: median \(Shortened.number(median)), \
      worst \(Shortened.number(worst.ratio)) (\(worst.title))
      """
  }
}

enum Shortened {
  static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
