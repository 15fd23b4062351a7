import Approximation

/// What is no table of ours: I-BERT's integer polynomials, measured here, and published tables.
struct RivalSection {
  func run() throws -> String {
    var table = MarkdownTable(["rival", "function", "MSE", "maximum", "source"])
    // Fine enough that the polynomial's error shows, not the input's rounding.
    let scale = 0x1p-12
    let gelu = try IBertGELU(scale: scale)
    table.add(
      ["i-bert", "gelu [-4, 4]"]
        + Self.errors(of: .gelu, from: -4, to: 0x1p15, scale: scale) {
          Double(gelu($0)) * gelu.outputScale
        } + ["measured, inputs every 2^−12"])
    let exp = try IBertExponential(scale: scale)
    table.add(
      ["i-bert", "exp [-8, 0]"]
        + Self.errors(of: .exp, from: -8, to: 0x1p15, scale: scale) {
          Double(exp($0)) * exp.outputScale
        } + ["measured, inputs every 2^−12"])
    for (function, entries, error) in [
      ("gelu [-4, 4]", 8, 7.2e-5), ("gelu [-4, 4]", 16, 1.6e-5), ("exp [-8, 0]", 8, 1.9e-5),
      ("exp [-8, 0]", 16, 2.2e-5),
    ] {
      table.add(["GQA-LUT, \(entries) entries", function, significant(error), "", "published"])
    }
    return table.printed()
  }

  /// Over `to` units of the scale.
  private static func errors(
    of function: NonlinearFunction, from lower: Double, to units: Double, scale: Double,
    value: (Int32) -> Double
  ) -> [String] {
    var sum = 0.0
    var largest = 0.0
    let first = Int32(lower / scale)
    for q in first...(first + Int32(units)) {
      let error = value(q) - function(Double(q) * scale)
      sum += error * error
      largest = max(largest, error.magnitude)
    }
    return [significant(sum / (units + 1)), significant(largest)]
  }
}
