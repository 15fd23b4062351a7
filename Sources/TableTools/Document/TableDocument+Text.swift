import Approximation
import Foundation
import LookupTables

extension TableDocument {
  /// One line: what was asked for.
  public var title: String {
    let bounds = request.domain
    var parts = [
      "\(request.function.name) on [\(Shown.number(bounds.lowerBound)), "
        + "\(Shown.number(bounds.upperBound))]",
      "\(table.entries) entries", table.format.rawValue, request.approximator.label,
      "objective \(request.objective.rawValue)",
    ]
    if request.scaling != .none { parts.append("scaling \(request.scaling.rawValue)") }
    if request.weights != nil { parts.append("weighted") }
    return parts.joined(separator: ", ")
  }

  /// The entries: where each serves, its line in real numbers and, where they differ, the stored
  /// integers.
  public var entries: Listing {
    var listing = Listing([
      ("entry", true), ("from", true), ("to", true), ("slope", true), ("intercept", true),
    ])
    let breakpoints = table.arithmetic.realBreakpoints
    let slopes = table.arithmetic.realSlopes
    let intercepts = table.arithmetic.realIntercepts
    var stored: IntegerEntries?
    if case .integer(let numbers) = table.arithmetic {
      stored = numbers
      for title in ["stored from", "m", "c"] {
        listing.columns.append(.init(title: title, isNumber: true))
      }
    }
    for index in slopes.indices {
      var row = [
        String(index), index == 0 ? "" : Self.exact(breakpoints[index - 1]),
        index < breakpoints.count ? Self.exact(breakpoints[index]) : "",
        Self.exact(slopes[index]), Self.exact(intercepts[index]),
      ]
      if let stored {
        row += [
          index == 0 ? "" : String(stored.breakpoints[index - 1]), String(stored.slopes[index]),
          String(stored.intercepts[index]),
        ]
      }
      listing.rows.append(row)
    }
    return listing
  }

  /// Nine digits: enough to tell any two float32 apart.
  private static func exact(_ value: Double) -> String { String(format: "%.9g", value) }

  /// What decides results beside the entries.
  public var rules: [String] {
    var lines = [
      "inside [\(table.lowerBound), \(table.upperBound)], left of it \(table.left.words), "
        + "right of it \(table.right.words)" + (table.isNonNegative ? ", never negative" : "")
    ]
    if case .integer(let numbers) = table.arithmetic {
      lines.append(
        "input step \(numbers.input.words), output step \(numbers.output.words), "
          + "s = \(numbers.interceptShift), r = \(numbers.resultShift)")
    }
    return lines
  }

  /// What of the fit its user should know: weights that count for little, a right line given up.
  public var remarks: [String] {
    var remarks = notes["weights"].map { ["weights: \($0)"] } ?? []
    if certificate?.endsOnIdentity == false, let note = notes["right line"] {
      remarks.append("right of the domain: \(note)")
    }
    if table.dips {
      remarks.append(
        "its lines dip below 0: results need max(0, y)"
          + (request.constraints.floor == .use ? "; --floor avoid forbids it" : ""))
    }
    if let certificate, certificate.ratio > 1.05, let note = notes["ratio"] {
      remarks.append("ratio \(Shown.ratio(certificate.ratio)) \(note)")
    }
    return remarks
  }
}

extension Approximator {
  /// With its recipe.
  var label: String {
    if case .nnLUT(let recipe) = self { "nn-lut \(recipe.rawValue)" } else { name }
  }
}

extension Tail {
  fileprivate var words: String {
    switch self {
    case .clamp: "clamped"
    case .line: "the outer line"
    case .constant(let value): "\(value)"
    }
  }
}

extension IntegerScale {
  fileprivate var words: String { fractionBits.map { "2^\(-$0)" } ?? "\(step)" }
}
