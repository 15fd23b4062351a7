import Approximation
import LookupTables

/// Every approximator on every reference case in fp32: free tables, and below them our default with
/// its anchors and tails.
struct ReferenceSection {
  private struct Way {
    var label: String
    var approximator: Approximator
    var objective = Objective.meanSquare
    var continuity = Continuity.continuous
    var constraints = FitConstraints.free
  }

  private static let ways = [
    Way(label: "optimal, any", approximator: .optimal, continuity: .discontinuous),
    Way(label: "optimal", approximator: .optimal),
    Way(label: "nn-lut refined", approximator: .nnLUT(.refined)),
    Way(
      label: "nn-lut refined, anchored", approximator: .nnLUT(.refined), constraints: .init()),
    Way(label: "nn-lut paper", approximator: .nnLUT(.paper)),
    Way(label: "linear-lut", approximator: .linearLUT),
    Way(
      label: "optimal max, any", approximator: .optimal, objective: .maximum,
      continuity: .discontinuous),
    Way(label: "optimal max", approximator: .optimal, objective: .maximum),
    Way(label: "nn-lut refined max", approximator: .nnLUT(.refined), objective: .maximum),
    Way(
      label: "nn-lut refined max, anchored", approximator: .nnLUT(.refined), objective: .maximum,
      constraints: .init()),
  ]

  func run() throws -> String {
    var table = MarkdownTable([
      "function", "N", "approximator", "MSE", "maximum", "bound", "ratio", "to free bound",
      "reference", "ms",
    ])
    for reference in ReferenceCase.all {
      for entries in [8, 16] {
        for way in Self.ways {
          let request = FitRequest(
            function: reference.function, approximator: way.approximator, entries: entries,
            format: .fp32, domain: reference.domain, seed: 1, objective: way.objective,
            continuity: way.continuity, constraints: way.constraints)
          let (fitted, milliseconds) = try request.measured(
            repetitions: way.approximator == .nnLUT(.paper) ? 1 : 3)
          guard let certificate = fitted.certificate else { continue }
          let known =
            way.objective.isMaximum
            ? reference.maximum[entries].map {
              $0.lowerBound == $0.upperBound
                ? significant($0.lowerBound)
                : "\(significant($0.lowerBound))–\(significant($0.upperBound))"
            }
            : reference.meanSquare[entries].map(significant)
          table.add([
            reference.name, "\(entries)", way.label, significant(fitted.meanSquaredError),
            significant(fitted.maximumError), significant(certificate.bound.value),
            ratio(certificate.ratio), ratio(certificate.freeRatio), known ?? "",
            significant(milliseconds),
          ])
        }
      }
    }
    return table.printed()
  }
}
