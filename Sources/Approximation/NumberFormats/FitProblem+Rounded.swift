import LookupTables

extension FitProblem {
  /// A number format's table for an ideal function.
  ///
  /// - Parameters:
  ///   - ideal: Before any rounding; an int8 table that is searched takes its number of entries only.
  ///   - scales: How a format of integers chooses its two scales.
  ///   - isSearched: Whether the numbers are chosen on their grids together; else each is rounded.
  ///   - notes: Receives what was done.
  /// - Throws: `TableError` when a number does not fit the format.
  func rounded(
    _ ideal: PiecewiseLinear, format: NumberFormat, scales: IntegerScales, isSearched: Bool = true,
    notes: inout [String: String]
  ) throws -> TableArithmetic {
    let ideal = try ideal.flushed(below: format.isInteger ? 0x1p-90 : 0x1p-126)
    guard isSearched else {
      notes["rounding"] = "each number to the nearest"
      return try plainlyRounded(ideal, format: format, scales: scales)
    }
    if format == .int8 { return try searchedBytes(ideal, scales: scales, notes: &notes) }
    let plain = try plainlyRounded(ideal, format: format, scales: scales)
    switch plain {
    case .fp32(let numbers):
      return try searched(
        LatticeSearch(
          self, ideal: ideal, lattice: FloatLattice(), breakpoints: numbers.breakpoints,
          slopes: numbers.slopes.map(Double.init), intercepts: numbers.intercepts.map(Double.init),
          isExactInput: false), plain: plain, notes: &notes)
    case .fp16(let numbers):
      return try searched(
        LatticeSearch(
          self, ideal: ideal, lattice: HalfLattice(), breakpoints: numbers.breakpoints,
          slopes: numbers.slopes.map(Double.init), intercepts: numbers.intercepts.map(Double.init),
          isExactInput: true), plain: plain, notes: &notes)
    case .integer(let numbers):
      return try searched(
        LatticeSearch(
          self, ideal: ideal, lattice: IntegerLattice(of: numbers),
          breakpoints: numbers.breakpoints, slopes: numbers.slopes.map(Double.init),
          intercepts: numbers.intercepts.map(Double.init), isExactInput: false), plain: plain,
        notes: &notes)
    }
  }

  /// The search's table; the plainly rounded one where that meets the anchors as well and proves
  /// better on the true function.
  private func searched<Lattice>(
    _ search: LatticeSearch<Lattice>, plain: TableArithmetic, notes: inout [String: String]
  ) throws -> TableArithmetic {
    var search = search
    let missed = search.missedAnchors
    let changes = search.run()
    notes["rounding"] = "numbers chosen on the grids of \(plain.format.rawValue) together"
    notes["rounding: improvements"] = "\(changes)"
    if search.missedAnchors > 0 { notes["rounding: anchors missed by"] = "\(search.missedAnchors)" }
    guard changes > 0 else { return plain }
    let arithmetic = try search.arithmetic()
    let error = try error(of: arithmetic)
    let plainError = try self.error(of: plain)
    notes["rounding: error of nearest numbers"] = "\(plainError)"
    notes["rounding: error"] = "\(error)"
    guard missed == search.missedAnchors, plainError <= error else { return arithmetic }
    notes["rounding"] = "each number to the nearest"
    return plain
  }

  /// In the objective's unit.
  private func error(of arithmetic: TableArithmetic) throws -> Double {
    let measurement = FitMeasurement(
      of: try LookupTable(
        arithmetic: arithmetic, lowerBound: Float(lower), upperBound: Float(upper),
        left: tails.left, right: tails.right, isNonNegative: function.isNonNegative),
      against: self)
    return objective.isMaximum ? measurement.tubeError : measurement.objectiveMeanSquare
  }

  /// The exact programme over all lines; plain rounding stays where it is better still, at scales
  /// that were not tried.
  private func searchedBytes(
    _ ideal: PiecewiseLinear, scales: IntegerScales, notes: inout [String: String]
  ) throws -> TableArithmetic {
    var search = ByteSearch(problem: self, entries: ideal.entries)
    try search.run(scales: scales)
    guard let best = search.best else {
      throw TableError.doesNotFit(
        "no int8 table of \(function.name) on [\(lower), \(upper)] meets its anchors; use int16 or "
          + "another domain")
    }
    notes["rounding"] = "int8 table exact between its scales, over all inputs and lines"
    notes["rounding: scales tried"] = "\(search.tried.count)"
    notes["rounding: error"] = "\(best.error)"
    if let plain = try? plainlyRounded(ideal, format: .int8, scales: scales),
      case .integer(let numbers) = plain, let error = search.error(of: numbers), error < best.error
    {
      notes["rounding"] = "each number to the nearest"
      notes["rounding: error"] = "\(error)"
      return plain
    }
    return .integer(best.entries)
  }

  private func plainlyRounded(
    _ ideal: PiecewiseLinear, format: NumberFormat, scales: IntegerScales
  ) throws -> TableArithmetic {
    func table(given: (input: IntegerScale, output: IntegerScale)?) throws -> TableArithmetic {
      try LookupTable(
        rounding: ideal, lowerBound: lower, upperBound: upper, left: tails.left,
        right: tails.right, format: format, isNonNegative: function.isNonNegative, scales: scales,
        givenScales: given
      ).arithmetic
    }
    let arithmetic = try table(given: nil)
    // With output steps a power of two above input steps the line y = x is exact.
    guard endsOnIdentity, scales == .free, case .integer(let numbers) = arithmetic else {
      return arithmetic
    }
    var step = numbers.input.step
    while step < numbers.output.step { step *= 2 }
    return try table(given: (numbers.input, IntegerScale(step: step)))
  }
}

extension PiecewiseLinear {
  /// Slopes and intercepts too small for the number format become zero, as exp's far from 0 are.
  fileprivate func flushed(below limit: Double) throws -> PiecewiseLinear {
    try PiecewiseLinear(
      breakpoints: breakpoints, slopes: slopes.map { $0.magnitude < limit ? 0 : $0 },
      intercepts: intercepts.map { $0.magnitude < limit ? 0 : $0 })
  }
}
