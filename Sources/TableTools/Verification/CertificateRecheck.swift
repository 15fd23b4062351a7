import Approximation

/// The checks of a certificate that need only the function: what is achieved, and every triple of
/// an alternation.
struct CertificateRecheck {
  private(set) var problems: [String] = []

  init(_ certificate: Certificate, of document: TableDocument) {
    let request = document.request
    if certificate.objective != request.objective || certificate.entries != document.table.entries {
      problems.append("the certificate speaks of another objective or number of entries")
    }
    for (kind, bound, ratio) in [
      ("constrained", certificate.bound, certificate.ratio),
      ("free", certificate.freeBound, certificate.freeRatio),
    ] {
      if bound.value < 0 || !bound.value.isFinite || !(ratio >= 1 - 1e-6) {
        problems.append("the \(kind) bound \(bound.value) is above what the table achieves")
      }
      guard case .alternations(let triples) = bound.witness else { continue }
      problems += Self.problems(of: triples, bound: bound.value, certificate, request).map {
        "the \(kind) bound: \($0)"
      }
    }
  }

  private static func problems(
    of triples: [[Double]], bound: Double, _ certificate: Certificate, _ request: FitRequest
  ) -> [String] {
    guard triples.count > certificate.entries, triples.allSatisfy({ $0.count == 3 }) else {
      return ["\(triples.count) triples prove nothing about \(certificate.entries) entries"]
    }
    let positions = triples.flatMap { $0 }
    guard zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }),
      let first = positions.first, let last = positions.last, first >= certificate.lower,
      last <= certificate.upper
    else { return ["its triples are not disjoint, ascending and inside the domain"] }
    // Weighted tolerances are the certificate's own business.
    if certificate.isWeighted || certificate.objective.isRelative { return [] }
    let function = request.function
    return triples.enumerated().compactMap { index, triple in
      let share = (triple[2] - triple[1]) / (triple[2] - triple[0])
      let chord = share * function(triple[0]) + (1 - share) * function(triple[2])
      let error = (function(triple[1]) - chord).magnitude / 2
      return error < bound * (1 - 1e-9)
        ? "on triple \(index) a line comes closer than \(bound): \(error)" : nil
    }
  }
}
