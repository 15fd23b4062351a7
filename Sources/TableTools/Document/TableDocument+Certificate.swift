import Approximation
import LookupTables

extension TableDocument {
  /// What the table achieves and how close that is to the best possible: an error and its bound in
  /// one line have one measure, which the line names.
  public var certificateLines: [String] {
    let isWeighted = certificate?.isWeighted ?? request.isWeighted
    let scaled = request.scaling != .none
    var lines = [
      "maximum error \(Shown.error(maximumError))\(scaled ? " before results are scaled back" : ""), "
        + (isWeighted ? "weighted " : "") + "mean squared error \(Shown.error(meanSquaredError))"
        + (scaled && isWeighted ? " of results scaled back" : "")
    ]
    guard let certificate else {
      return lines + [withheld.map { "certificate withheld: \($0)" } ?? "without certificate"]
    }
    func line(_ bound: ProvenBound, _ tables: String, _ ratio: Double) -> String {
      "\(certificate.measureWords(request.scaling)) \(Shown.error(certificate.achieved)); for no "
        + "\(tables) is it below \(Shown.error(bound.value)): ratio \(Shown.ratio(ratio)) "
        + "(\(bound.witness.words))"
    }
    lines.append(line(certificate.bound, certificate.tablesOfBound, certificate.ratio))
    lines.append(line(certificate.freeBound, certificate.tablesOfFreeBound, certificate.freeRatio))
    return lines
  }
}

extension FitRequest {
  /// Whether its weights count: without mass inside the domain, every place counts the same.
  var isWeighted: Bool {
    (weights ?? []).contains { interval in
      guard interval.weight > 0 else { return false }
      if interval.lower == interval.upper { return domain.contains(interval.lower) }
      return interval.upper > domain.lowerBound && interval.lower < domain.upperBound
    }
  }
}

extension Certificate {
  /// What its errors and bounds measure.
  func measureWords(_ scaling: InputScaling) -> String {
    var words = isWeighted ? "weighted " : ""
    words += objective.isMaximum ? "maximum error" : "mean squared error"
    if objective.isRelative {
      words += " relative to max(|f|, \(relativeFloor.map(Shown.error) ?? "max|f|/256"))"
    }
    if scaling != .none {
      words +=
        isWeighted && !objective.isMaximum
        ? " of results scaled back" : " before results are scaled back"
    }
    return words
  }

  /// The tables that the bound speaks of, in the singular.
  var tablesOfBound: String {
    if bound.witness == .exhaustive { return tablesOfBytes }
    var constraints: [String] = []
    if !anchors.isEmpty {
      let shown = anchors.prefix(3).map { "(\(Shown.error($0.x)), \(Shown.error($0.y)))" }
      constraints.append(
        "through " + shown.joined(separator: ", ") + (anchors.count > 3 ? ", …" : ""))
    }
    if endsOnIdentity { constraints.append("ending on y = x") }
    switch floor {
    case .none: break
    case .zero: constraints.append("with max(0, y)")
    case .avoided: constraints.append("without a dip below 0")
    }
    return ([tablesOfAnyKind] + constraints).joined(separator: " ")
  }

  /// The tables that the free bound speaks of, in the singular.
  var tablesOfFreeBound: String {
    let floored = floor == .none ? "" : ", with max(0, y)"
    return freeBound.witness == .exhaustive
      ? tablesOfBytes + " without anchors"
      : tablesOfAnyKind + " without anchors and tails" + floored
  }

  private var tablesOfAnyKind: String { "\(continuity.rawValue) table of \(entries) entries" }
  private var tablesOfBytes: String {
    "int8 table of \(entries) entries at these scales and shifts"
  }
}

extension BoundWitness {
  /// What proves the bound, in a few words.
  var words: String {
    switch self {
    case .alternations(let triples): "\(triples.count) alternation triples"
    case .cells(let edges): "programme over \(max(0, edges.count - 1)) cells"
    case .tube(let positions): "no shorter path through the tube at \(positions.count) positions"
    case .exhaustive: "all lines and cuts at this table's own scales and shifts"
    }
  }
}
