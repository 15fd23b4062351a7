import LookupTables

extension FitProblem {
  /// What `FittedTable.notes` says of the right line where y = x is given up.
  static let identityGivenUpNote =
    "the last line goes on: y = x would cost more than half as much mean square again"
}

extension FitRequest {
  /// Fits the table, rounds it into its format and measures it.
  ///
  /// - Parameter progress: Called now and then with the fraction done, in `0...1`; what it throws
  ///   ends the fit.
  /// - Throws: ``ApproximationError`` for a request that cannot be met, `TableError` when the
  ///   numbers do not fit the format, and what `progress` throws.
  public func fit(progress: (Double) throws -> Void) throws -> FittedTable {
    try fit(alternatives: Self.fewerEntriesTried, progress: progress)
  }

  /// - Parameter alternatives: How many entries fewer may be tried.
  private func fit(alternatives: Int, progress: (Double) throws -> Void) throws -> FittedTable {
    try validate()
    let problem = FitProblem(self)
    try progress(0)
    var notes: [String: String] = ["tails": constraints.tails.rawValue]
    notes["anchors"] =
      problem.anchors.isEmpty
      ? "none" : problem.anchors.map { "(\($0.x), \($0.y))" }.joined(separator: " ")
    if weights != nil {
      notes["weights"] =
        problem.isCalibrated
        ? "\(problem.outsideShare) of the mass lies outside the domain"
        : "no mass in the domain: uniform instead"
    }
    // The published recipe and the baseline round each number and know no constraints; the others
    // know both.
    let isSearched = approximator == .nnLUT(.refined) || approximator == .optimal
    if isSearched, constraints.tails == .standard, function.endsOnIdentity, !problem.endsOnIdentity
    {
      notes["right line"] = FitProblem.identityGivenUpNote
    }
    let ideal: PiecewiseLinear
    switch approximator {
    case .nnLUT(.paper):
      ideal = try problem.trainedAsPublished(
        entries: entries, seed: seed, notes: &notes, progress: { try progress(0.9 * $0) })
    case .nnLUT(.refined):
      ideal = try problem.refined(
        entries: entries, notes: &notes, progress: { try progress(0.9 * $0) })
    case .optimal:
      ideal = try problem.optimal(
        entries: entries, continuity: continuity, notes: &notes,
        progress: { try progress(0.9 * $0) })
    case .linearLUT:
      ideal = try problem.equalPieces(entries: entries, notes: &notes)
    }
    let certified = certified(problem)
    var table = try table(
      of: certified.lifted(
        certified.rounded(
          ideal, format: format, scales: scales, isSearched: isSearched, notes: &notes
        ).holding(certified.anchors)), problem)
    if isSearched, alternatives > 0,
      let fewer = try tableOfFewerEntries(
        better: table, ideal: ideal, problem, alternatives: alternatives)
    {
      notes["rounding: entries"] =
        "\(fewer.entries) serve better in \(format.rawValue) than \(entries): the others are empty"
      table = try self.table(of: fewer.table.arithmetic.padded(to: entries), problem)
    }
    try progress(0.95)
    let measurement = FitMeasurement(of: table, against: problem)
    var certificate =
      wantsCertificate
      ? try certified.certificate(for: table, continuity: certifiedContinuity) : nil
    let withheld = certificate.flatMap(\.contradiction)
    if withheld != nil { certificate = nil }
    if let certificate {
      notes["ratio"] = certified.reasonForRatio(
        of: certificate, table: table, ideal: ideal, scaling: scaling)
      // The others' tables are seldom near it.
      if isSearched, certificate.isFarFromBound, let reason = notes["ratio"] {
        let ratio = certificate.ratio
        let times = ratio < 1e9 ? "\(Int(ratio.rounded()))" : "\(ratio)"
        notes["warning"] = "its error is \(times) times its bound, \(reason)"
      }
    }
    try progress(1)
    return FittedTable(
      table: table, ideal: ideal, maximumError: measurement.maximumError,
      meanSquaredError: measurement.meanSquaredError, notes: notes, certificate: certificate,
      withheld: withheld)
  }

  private func table(of arithmetic: TableArithmetic, _ problem: FitProblem) throws -> LookupTable {
    try LookupTable(
      arithmetic: arithmetic, lowerBound: Float(problem.lower), upperBound: Float(problem.upper),
      left: problem.tails.left, right: problem.tails.right, scaling: scaling,
      scaledFunction: scaling == .none ? nil : function.scaledFunction,
      isNonNegative: function.isNonNegative)
  }

  /// A table of fewer entries that the number format's steps serve better, if there is one: so that
  /// more entries rarely fit worse. int8 is searched exactly, and fp32's steps are too fine to matter.
  private func tableOfFewerEntries(
    better table: LookupTable, ideal: PiecewiseLinear, _ problem: FitProblem, alternatives: Int
  ) throws -> (entries: Int, table: LookupTable)? {
    guard format == .fp16 || format == .int16 || format == .int32, entries > 2,
      !problem.isNarrow
    else { return nil }
    let error = problem.achieved(by: table).value(of: objective)
    let exact = problem.error(of: ideal)
    // What rounding adds is little beside what the lines leave.
    guard error > Self.roundingMatters * exact else { return nil }
    var fewer = self
    fewer.entries -= 1
    fewer.wantsCertificate = false
    let other = FitProblem(fewer)
    guard other.endsOnIdentity == problem.endsOnIdentity,
      let fitted = try? fewer.fit(alternatives: alternatives - 1, progress: { _ in }),
      other.achieved(by: fitted.table).value(of: objective) < error
    else { return nil }
    return (fewer.entries, fitted.table)
  }

  private static let fewerEntriesTried = 4
  /// How far above its lines' error a table's must be before fewer entries are tried.
  private static let roundingMatters = 1.1

  /// The problem whose constraints the approximator's tables meet: the published recipe and the
  /// baseline know none.
  func certified(_ problem: FitProblem) -> FitProblem {
    switch approximator {
    case .nnLUT(.refined), .optimal: problem
    case .nnLUT(.paper), .linearLUT: problem.withoutConstraints()
    }
  }

  /// Whether the lines of the tables that a bound speaks of must meet.
  var certifiedContinuity: Continuity { approximator == .optimal ? continuity : .continuous }
}
