import Approximation
import Foundation
import LookupTables

/// A table with all that is needed to check it again: what was asked for, the stored numbers, what
/// they achieve and the certificate. `nnlut table fit --output json` prints it, `nnlut table verify`
/// and `scripts/verify_table.py` read it.
///
/// As JSON, numbers are text that gives the same bits back, probes are float32 patterns:
///
///     {"schema": "nnlut.table/2", "function": "gelu" | {"samples": [["x", "y"], …]},
///      "scaling": "none", "domain": ["-4", "4"],
///      "weights": null | [["lower", "upper", "weight"], …],
///      "request": {"approximator": …, "recipe": …, "objective": …, "continuity": …,
///                  "tails": …, "anchors": true, "floor": …, "relativeFloor": null | …,
///                  "scales": …, "seed": "0"},
///      "table": …, "achieved": {"maximumError": …, "meanSquaredError": …},
///      "certificate": null | …, "withheld": "reason", "probes": [["input", "result"], …], "notes": {…}}
public struct TableDocument: Sendable {
  public static let schema = "nnlut.table/2"
  /// Its certificates did not know that a negative result becomes 0.
  static let formerSchema = "nnlut.table/1"
  /// Longer documents are refused: a million weights fit.
  public static let maximumBytes = 128 << 20

  /// What was asked for.
  public var request: FitRequest
  public var table: LookupTable
  /// As ``FittedTable/maximumError``.
  public var maximumError: Double
  /// As ``FittedTable/meanSquaredError``.
  public var meanSquaredError: Double
  public var certificate: Certificate?
  /// Why there is no certificate, as ``FittedTable/withheld``.
  public var withheld: String?
  /// Choices and course of the fit, for the record.
  public var notes: [String: String]
  /// What the table computes, for programs that check their own arithmetic.
  public var probes: [TableProbe]

  public init(request: FitRequest, fitted: FittedTable) {
    self.request = request
    table = fitted.table
    maximumError = fitted.maximumError
    meanSquaredError = fitted.meanSquaredError
    certificate = fitted.certificate
    withheld = fitted.withheld
    notes = fitted.notes
    probes = TableProbe.probes(of: fitted.table)
  }

  /// Fits what was asked for.
  ///
  /// - Throws: ``SettingError`` where a flag decides what is not possible, else `ApproximationError`
  ///   or `TableError`.
  public init(fitting request: FitRequest, progress: (Double) throws -> Void = { _ in }) throws {
    do {
      self.init(request: request, fitted: try request.fit(progress: progress))
    } catch let error as ApproximationError {
      guard let setting = SettingError(error) else { throw error }
      throw setting
    }
  }

  /// Reads what ``encoded()`` wrote.
  /// - Throws: ``TableFileError`` when there is no such file or it is no document.
  public init(path: String) throws {
    let data = try TableFile.read(path, limit: Self.maximumBytes)
    do {
      self = try JSONDecoder().decode(TableDocument.self, from: data)
    } catch {
      throw TableFileError.malformed(
        path: path, line: 0, column: 0,
        problem: "is no document of `nnlut table fit --output json`: \(Self.reason(error))")
    }
  }

  /// Where in the document it went wrong, and how.
  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let context: DecodingError.Context
    var problem: String?
    switch error {
    case .keyNotFound(let key, let found):
      context = found
      problem = "the key '\(key.stringValue)' is missing"
    case .dataCorrupted(let found), .typeMismatch(_, let found), .valueNotFound(_, let found):
      context = found
    @unknown default: return "\(error)"
    }
    if let wrapped = context.underlyingError, !(wrapped is DecodingError) {
      return context.codingPath.isEmpty ? "it is not valid JSON" : "\(wrapped)"
    }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return (path.isEmpty ? "" : path + ": ") + (problem ?? context.debugDescription)
  }

  /// The document as JSON with a line end; equal documents give equal bytes.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}
