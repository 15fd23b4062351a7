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
      checkCertificate(certificate, of: document)
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
  }

  /// By plain midpoints, without the code that fitted the table; then by that code, more closely.
  private mutating func checkErrors(_ document: TableDocument) {
    let measured = MeasuredErrors(document)
    let maximum = document.maximumError
    let mean = document.meanSquaredError
    let exact: (maximum: Double, meanSquare: Double)
    do { exact = try document.request.errors(of: document.table) } catch {
      problems.append("the errors cannot be measured: \(error)")
      return
    }
    func check(_ what: String, says: Double, is found: Double, isNear: Bool, _ midpoints: Double) {
      let isExact = (says - found).magnitude <= 1e-9 * found.magnitude
      self.check(
        isNear && isExact, "the \(what) is \(Shown.error(says))",
        "the \(what) is \(isExact ? midpoints : found), not \(says)")
    }
    // Midpoints may miss the very top of the largest error.
    check(
      "largest error", says: maximum, is: exact.maximum,
      isNear: measured.maximum <= maximum * (1 + 1e-6) + measured.noise + 1e-12
        && measured.maximum >= 0.95 * maximum - 1e-12, measured.maximum)
    check(
      "mean squared error", says: mean, is: exact.meanSquare,
      isNear: (measured.meanSquare - mean).magnitude <= 0.01 * mean + 1e-24, measured.meanSquare)
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
      confirmed.append(
        "no such table under these constraints beats \(Shown.error(certificate.bound.value)) "
          + "(\(certificate.bound.witness.words)): ratio \(Shown.ratio(certificate.ratio))")
      confirmed.append(
        "no such table without constraints beats \(Shown.error(certificate.freeBound.value)) "
          + "(\(certificate.freeBound.witness.words)): ratio \(Shown.ratio(certificate.freeRatio))")
    }
  }
}
