import Approximation
import Foundation
import LookupTables

/// A document of `table fit`, checked again: what holds and what does not.
public struct TableVerification: Hashable, Codable, Sendable {
  /// Sentences.
  public private(set) var confirmed: [String] = []
  /// Sentences; empty when all holds.
  public private(set) var problems: [String] = []

  /// - Parameters:
  ///   - path: A document of ``TableDocument``.
  ///   - histogram: A file that ``HistogramFile`` reads: must hold the document's weights.
  /// - Throws: ``TableFileError`` when the file is no document, ``SettingError`` when the histogram
  ///   is none.
  public init(path: String, histogram: String? = nil) throws {
    self.init(
      of: try TableDocument(path: path),
      weights: try histogram.map { path in
        try SettingError.named("histogram") { try HistogramFile.weights(path: path) }
      })
  }

  /// - Parameter weights: What the document's weights must be; nil asks nothing.
  public init(of document: TableDocument, weights: [WeightedInterval]? = nil) {
    var document = document
    if let weights {
      check(
        document.request.weights == weights, "the weights are those of the histogram",
        "the histogram is not the one the table was fitted to: measured against it instead")
      document.request.weights = weights
    }
    do {
      try document.request.validate()
    } catch {
      problems.append("the request cannot be met: \(error)")
      return
    }
    checkTable(document)
    checkErrors(document)
    if let certificate = document.certificate {
      check(
        document.withheld == nil, "the certificate is whole",
        "a certificate stands beside a reason to withhold it: \(document.withheld ?? "")")
      checkCertificate(certificate, of: document)
    } else if let reason = document.withheld {
      problems.append("the certificate is withheld: \(reason)")
    } else {
      problems.append("there is no certificate; fit the table again")
    }
  }

  private mutating func check(_ holds: Bool, _ sentence: String, _ problem: String) {
    if holds { confirmed.append(sentence) } else { problems.append(problem) }
  }

  /// The numbers themselves were checked when the document was read.
  private mutating func checkTable(_ document: TableDocument) {
    let table = document.table
    let request = document.request
    confirmed.append("\(table.entries) entries are valid numbers of \(table.format.rawValue)")
    if document.probes.isEmpty { problems.append("there are no probes; fit the table again") }
    let wrong = document.probes.filter { $0.result.bitPattern != table($0.input).bitPattern }
    check(
      wrong.isEmpty, "the table computes its \(document.probes.count) probes bit for bit",
      "the table computes \(wrong.count) of its probes otherwise, the first at "
        + "\(wrong.first?.input ?? 0)")
    check(
      table.scaling == request.scaling, "the scaling is \(table.scaling.rawValue)",
      "the table's scaling is \(table.scaling.rawValue), not \(request.scaling.rawValue)")
    let tails: (left: Tail, right: Tail) =
      switch request.constraints.tails {
      case .standard: request.function.defaultTails
      case .clamp: (.clamp, .clamp)
      case .line: (.line, .line)
      }
    check(
      table.left == tails.left && table.right == tails.right,
      "the outside is as asked for", "the table's tails are not those that were asked for")
    if request.scaling == .none {
      check(
        table.lowerBound == Float(request.domain.lowerBound)
          && table.upperBound >= Float(request.domain.upperBound),
        "the domain is [\(table.lowerBound), \(table.upperBound)]",
        "the table's domain [\(table.lowerBound), \(table.upperBound)] is not the request's")
    }
    check(
      table.isNonNegative == request.function.isNonNegative,
      table.isNonNegative ? "no result is negative" : "results may be negative",
      "the table's rule for negative results is not the function's")
    if request.constraints.floor == .avoid, table.isNonNegative {
      check(
        !table.dips, "no line dips below 0",
        "its lines dip below 0, which floor avoid forbids; fit the table again")
    }
  }

  /// By quadrature, without the code that fitted the table; then by that code, more closely.
  private mutating func checkErrors(_ document: TableDocument) {
    let measured = MeasuredErrors(document)
    let maximum = document.maximumError
    let mean = document.meanSquaredError
    let exact: (maximum: Double, meanSquare: Double)
    do { exact = try document.request.errors(of: document.table) } catch {
      problems.append("the errors cannot be measured: \(error)")
      return
    }
    func check(_ what: String, says: Double, is found: Double, isNear: Bool, _ seen: Double) {
      let isExact = (says - found).magnitude <= 1e-9 * found.magnitude
      self.check(
        isNear && isExact, "the \(what) is \(Shown.error(says))",
        "the \(what) is \(isExact ? seen : found), not \(says)")
    }
    check(
      "largest error", says: maximum, is: exact.maximum,
      isNear: Self.isNear(largest: maximum, measured.maximum, noise: measured.noise),
      measured.maximum)
    check(
      "mean squared error", says: mean, is: exact.meanSquare,
      isNear: Self.isNear(square: mean, measured.meanSquare, noise: measured.noise),
      measured.meanSquare)
    guard let certificate = document.certificate else { return }
    let noise = measured.objectiveNoise
    let words = certificate.measureWords(document.request.scaling)
    if certificate.objective.isMaximum {
      self.check(
        Self.isNear(largest: certificate.maximumError, measured.objectiveMaximum, noise: noise),
        "the \(words) is \(Shown.error(certificate.maximumError))",
        "the \(words) is \(measured.objectiveMaximum), not \(certificate.maximumError)")
    } else {
      self.check(
        Self.isNear(
          square: certificate.meanSquaredError, measured.objectiveMeanSquare, noise: noise),
        "the \(words) is \(Shown.error(certificate.meanSquaredError))",
        "the \(words) is \(measured.objectiveMeanSquare), not \(certificate.meanSquaredError)")
    }
  }

  /// Points may miss the very top of the largest error.
  private static func isNear(largest says: Double, _ seen: Double, noise: Double) -> Bool {
    seen <= says * (1 + 1e-6) + noise + 1e-12 && seen >= 0.99 * says - noise - 1e-12
  }

  /// Rounding that moves errors by `noise` moves their mean square by less than its share of both.
  private static func isNear(square says: Double, _ seen: Double, noise: Double) -> Bool {
    let moved = noise * (says.squareRoot() * 0.1 + noise)
    return (seen - says).magnitude <= 0.01 * says + moved + 1e-24
  }

  private mutating func checkCertificate(_ certificate: Certificate, of document: TableDocument) {
    let found: [String]
    do {
      found = try certificate.problems(of: document.table, request: document.request)
    } catch {
      found = ["the certificate cannot be checked: \(error)"]
    }
    problems += found
    if found.isEmpty {
      let measure = certificate.measureWords(document.request.scaling)
      for (bound, tables, ratio) in [
        (certificate.bound, certificate.tablesOfBound, certificate.ratio),
        (certificate.freeBound, certificate.tablesOfFreeBound, certificate.freeRatio),
      ] {
        confirmed.append(
          "no \(tables) has a \(measure) below \(Shown.error(bound.value)) "
            + "(\(bound.witness.words)): ratio \(Shown.ratio(ratio))")
      }
    }
  }
}
