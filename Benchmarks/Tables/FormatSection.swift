import Approximation
import LookupTables

/// Our default table in every number format.
struct FormatSection {
  func run() throws -> String {
    var table = MarkdownTable([
      "function", "N", "format", "scaling", "MSE", "maximum", "ratio of MSE to bound", "ms",
    ])
    for reference in ReferenceCase.all {
      for entries in [4, 8, 16] {
        for format in NumberFormat.allCases {
          for scales in format.isInteger ? IntegerScales.allCases : [.powerOfTwo] {
            for scaling in reference.function.permittedScalings where scaling != .paper {
              // DESIGN §5: in an integer model these two see orders of magnitude.
              let isReduced = scaling == .exponent
              var request = FitRequest(
                function: reference.function, approximator: .nnLUT(.refined), entries: entries,
                format: format, scaling: scaling, domain: reference.domain, seed: 1)
              request.scales = scales
              let (fitted, milliseconds) = try request.measured(repetitions: 1)
              table.add([
                reference.name, "\(entries)",
                format.rawValue + (scales == .free ? ", free scales" : ""),
                isReduced ? scaling.rawValue : "", significant(fitted.meanSquaredError),
                significant(fitted.maximumError), ratio(fitted.certificate?.ratio ?? .nan),
                significant(milliseconds),
              ])
            }
          }
        }
      }
    }
    return table.printed()
  }
}
