import Approximation

/// The exact optimum over slopes and intercepts on the 2^−6 grid in 8 bits, beside GQA-LUT's
/// published tables; apart, with int8 outputs and the floor that their rounding sets.
struct GridSection {
  func run() throws -> String {
    var table = MarkdownTable([
      "function", "N", "outputs", "MSE", "floor of rounding", "maximum", "GQA-LUT", "ms",
    ])
    let grid = try CoefficientGrid(fractionBits: 6, bits: 8, inputStep: 0.01)
    for (name, function, domain, outputStep, published) in [
      ("gelu [-4, 4]", NonlinearFunction.gelu, -4.0...4, 0x1p-5, [8: 7.2e-5, 16: 1.6e-5]),
      ("exp [-8, 0]", .exp, -8...0, 0x1p-7, [8: 1.9e-5, 16: 2.2e-5]),
    ] {
      for entries in [8, 16] {
        for step in [nil, outputStep] {
          let (fit, milliseconds) = try timed(1) {
            try grid.bestFit(
              of: .nonlinear(function), domain: domain, entries: entries, objective: .meanSquare,
              outputStep: step)
          }
          table.add([
            name, "\(entries)", step.map { "int8, step \(short($0))" } ?? "real",
            significant(fit.meanSquaredError), step == nil ? "" : significant(fit.roundingFloor),
            significant(fit.maximumError),
            step == nil ? published[entries].map(significant) ?? "" : "",
            significant(milliseconds),
          ])
        }
      }
    }
    return table.printed()
  }
}
