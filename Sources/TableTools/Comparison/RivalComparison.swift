import Approximation

/// One approximator beside the others.
public struct RivalRow: Hashable, Codable, Sendable {
  public var approximator: String
  /// nil for what is no table.
  public var continuity: Continuity?
  /// Relative where the objective is.
  public var meanSquaredError: Double?
  public var maximumError: Double?
  /// What no table of this kind can beat, in the objective's unit.
  public var bound: Double?
  /// Achieved / bound.
  public var ratio: Double?
  /// Of the fit without its certificate, on this machine.
  public var milliseconds: Double?
  /// Why there is no result, or how the numbers came about.
  public var note: String?
}

/// All approximators on the same problem.
public enum RivalComparison {
  /// - Parameter request: Its approximator and continuity are replaced row by row.
  /// - Returns: `optimal` continuous and discontinuous, `nn-lut` refined and paper, `linear-lut`,
  ///   and `i-bert` where it has the function. An approximator that cannot meet the request has a
  ///   note in place of numbers.
  /// - Throws: What `progress` throws.
  public static func rows(of request: FitRequest, progress: (String) throws -> Void) throws
    -> [RivalRow]
  {
    let rivals: [(Approximator, Continuity)] = [
      (.optimal, .continuous), (.optimal, .discontinuous), (.nnLUT(.refined), .continuous),
      (.nnLUT(.paper), .continuous), (.linearLUT, .continuous),
    ]
    var rows: [RivalRow] = []
    for (approximator, continuity) in rivals {
      try progress(approximator.label)
      var asked = request
      asked.approximator = approximator
      asked.continuity = continuity
      rows.append(row(of: asked))
    }
    if let row = try integerRow(of: request) { rows.append(row) }
    return rows
  }

  private static func row(of request: FitRequest) -> RivalRow {
    var row = RivalRow(approximator: request.approximator.label, continuity: request.continuity)
    let clock = ContinuousClock()
    let start = clock.now
    do {
      var bare = request
      bare.wantsCertificate = false
      _ = try bare.fit { _ in }
      row.milliseconds = (clock.now - start) / .milliseconds(1)
      let fitted = try request.fit { _ in }
      row.meanSquaredError = fitted.meanSquaredError
      row.maximumError = fitted.maximumError
      if let certificate = fitted.certificate {
        if request.objective.isRelative {
          row.meanSquaredError = certificate.meanSquaredError
          row.maximumError = certificate.maximumError
        }
        row.bound = certificate.bound.value
        row.ratio = certificate.ratio.isFinite ? certificate.ratio : nil
      }
    } catch {
      row.note = "\(error)"
    }
    return row
  }

  private static func integerRow(of request: FitRequest) throws -> RivalRow? {
    guard let rival = try IBertRival(request) else { return nil }
    let measured = ErrorQuadrature(of: request) { rival($0) }
    return RivalRow(
      approximator: "i-bert", meanSquaredError: measured.meanSquaredError,
      maximumError: measured.maximumError, note: rival.note)
  }

  /// One line: what was asked for.
  public static func title(of request: FitRequest) -> String {
    let bounds = request.domain
    return "\(request.function.name) on [\(Shown.number(bounds.lowerBound)), "
      + "\(Shown.number(bounds.upperBound))], \(request.entries) entries, "
      + "\(request.format.rawValue), objective \(request.objective.rawValue)"
      + (request.weights == nil ? "" : ", weighted")
  }

  /// The rows for people.
  public static func listing(_ rows: [RivalRow]) -> Listing {
    var listing = Listing([
      ("approximator", false), ("continuity", false), ("MSE", true), ("max error", true),
      ("bound", true), ("ratio", true), ("ms", true), ("note", false),
    ])
    for row in rows {
      listing.rows.append([
        row.approximator, row.continuity?.rawValue ?? "–",
        row.meanSquaredError.map(Shown.error) ?? "–", row.maximumError.map(Shown.error) ?? "–",
        row.bound.map(Shown.error) ?? "–", Shown.ratio(row.ratio),
        row.milliseconds.map(Shown.milliseconds) ?? "–", row.note ?? "",
      ])
    }
    return listing
  }
}
