import Approximation

/// One approximator beside the others.
public struct RivalRow: Hashable, Codable, Sendable {
  public var approximator: String
  /// nil for what is no table.
  public var continuity: Continuity?
  /// Relative where the objective is.
  public var meanSquaredError: Double?
  /// Weighted and relative where the objective is.
  public var maximumError: Double?
  /// The one bound of all rows, in the objective's unit: ``RivalComparison/bound(of:)``.
  public var bound: Double?
  /// The error in the objective's unit / ``bound``: in every row the same question.
  public var ratio: Double?
  /// What no table under this row's own constraints can beat.
  public var ownBound: Double?
  /// The error / ``ownBound``.
  public var ownRatio: Double?
  /// The tables that ``ownBound`` speaks of, in the singular.
  public var ownTables: String?
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
    guard let bound = bound(of: request) else { return rows }
    for index in rows.indices {
      let isMaximum = request.objective.isMaximum
      guard let error = isMaximum ? rows[index].maximumError : rows[index].meanSquaredError,
        rows[index].continuity != nil || request.scaling == .none
      else { continue }
      rows[index].bound = bound
      rows[index].ratio = bound > 0 ? error / bound : nil
    }
    return rows
  }

  /// What no table of so many entries beats, whatever its constraints, whether its lines meet or
  /// not: the free bound of discontinuous tables of real numbers. nil where it cannot be proven.
  static func bound(of request: FitRequest) -> Double? {
    var free = request
    free.approximator = .optimal
    free.continuity = .discontinuous
    free.format = .fp32
    free.scales = .powerOfTwo
    free.constraints = .free
    return try? free.fit { _ in }.certificate?.freeBound.value
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
      row.note = fitted.withheld.map { "certificate withheld: \($0)" }
      if let certificate = fitted.certificate {
        row.meanSquaredError = certificate.meanSquaredError
        row.maximumError = certificate.maximumError
        row.ownBound = certificate.bound.value
        row.ownRatio = certificate.ratio.isFinite ? certificate.ratio : nil
        row.ownTables = certificate.tablesOfBound
      } else if request.objective != .meanSquare {
        // Not in the objective's unit.
        row.meanSquaredError = nil
        row.maximumError = nil
      }
    } catch {
      row.note = "\(error)"
    }
    return row
  }

  /// Measured at its own inputs: it has no range reduction, so under one its errors are of another
  /// kind and have no ratio.
  private static func integerRow(of request: FitRequest) throws -> RivalRow? {
    guard let rival = try IBertRival(request) else { return nil }
    var plain = request
    plain.scaling = .none
    let measured = ErrorQuadrature(of: plain) { rival($0) }
    let isScaled = request.scaling != .none
    return RivalRow(
      approximator: "i-bert", meanSquaredError: measured.meanSquaredError,
      maximumError: request.objective.isMaximum
        ? measured.weightedMaximumError : measured.maximumError,
      note: rival.note
        + (isScaled ? ", errors over the unreduced domain: not comparable" : ", no table"))
  }

  /// One line: what was asked for.
  public static func title(of request: FitRequest) -> String {
    let bounds = request.domain
    return "\(request.function.name) on [\(Shown.number(bounds.lowerBound)), "
      + "\(Shown.number(bounds.upperBound))], \(request.entries) entries, "
      + "\(request.format.rawValue), objective \(request.objective.rawValue)"
      + (request.weights == nil ? "" : ", weighted")
      + (request.constraints.floor == .avoid ? ", floor avoid" : "")
  }

  /// What the two ratios of the listing mean.
  public static func legend(of request: FitRequest, _ rows: [RivalRow]) -> [String] {
    var lines: [String] = []
    let unit =
      (request.isWeighted ? "weighted " : "")
      + (request.objective.isMaximum ? "maximum error" : "mean squared error")
    if let bound = rows.compactMap(\.bound).first {
      lines.append(
        "ratio: the \(unit) to \(Shown.error(bound)), which no table of \(request.entries) "
          + "entries of real numbers beats, whether its lines meet or not, without anchors and tails."
      )
    }
    guard rows.contains(where: { $0.ownTables != nil }) else { return lines }
    lines.append("own ratio: the same to the row's own bound, which speaks of these tables:")
    for row in rows {
      guard let tables = row.ownTables else { continue }
      lines.append(
        "  \(row.approximator)\(row.continuity.map { " \($0.rawValue)" } ?? ""): every \(tables)")
    }
    return lines
  }

  /// The rows for people.
  public static func listing(_ rows: [RivalRow]) -> Listing {
    var listing = Listing([
      ("approximator", false), ("continuity", false), ("MSE", true), ("max error", true),
      ("ratio", true), ("own bound", true), ("own ratio", true), ("ms", true), ("note", false),
    ])
    for row in rows {
      listing.rows.append([
        row.approximator, row.continuity?.rawValue ?? "–",
        row.meanSquaredError.map(Shown.error) ?? "–", row.maximumError.map(Shown.error) ?? "–",
        Shown.ratio(row.ratio), row.ownBound.map(Shown.error) ?? "–", Shown.ratio(row.ownRatio),
        row.milliseconds.map(Shown.milliseconds) ?? "–", row.note ?? "",
      ])
    }
    return listing
  }
}
