import LookupTables
import Testing

@testable import Approximation

@Suite struct FormatSearchTests {
  static let cases: [(NonlinearFunction, ClosedRange<Double>)] = [
    (.gelu, -4...4), (.exp, -8...0), (.reciprocal, 0.5...4), (.rsqrt, 0.25...4),
  ]

  private func problem(
    _ function: NonlinearFunction, _ domain: ClosedRange<Double>, _ objective: Objective,
    entries: Int, format: NumberFormat, weights: [WeightedInterval]? = nil
  ) -> FitProblem {
    FitProblem(
      FitRequest(
        function: function, approximator: .nnLUT(.refined), entries: entries, format: format,
        domain: domain, weights: weights, objective: objective))
  }

  private func table(_ arithmetic: TableArithmetic, _ problem: FitProblem) throws -> LookupTable {
    try LookupTable(
      arithmetic: arithmetic, lowerBound: Float(problem.lower), upperBound: Float(problem.upper),
      left: problem.tails.left, right: problem.tails.right,
      isNonNegative: problem.function.isNonNegative)
  }

  /// A continuous function through the anchors; good enough to be rounded.
  private func interpolation(of problem: FitProblem, entries: Int) throws -> PiecewiseLinear {
    let pieces = problem.endsOnIdentity ? entries - 1 : entries
    let knots = (0...pieces).map {
      problem.lower + (problem.upper - problem.lower) * Double($0) / Double(pieces)
    }
    var slopes: [Double] = []
    var intercepts: [Double] = []
    for (start, end) in zip(knots, knots.dropFirst()) {
      slopes.append((problem.function(end) - problem.function(start)) / (end - start))
      intercepts.append(problem.function(start) - slopes[slopes.count - 1] * start)
    }
    var breakpoints = Array(knots.dropFirst().dropLast())
    if problem.endsOnIdentity {
      breakpoints.append(problem.upper)
      slopes.append(1)
      intercepts.append(0)
    }
    return try PiecewiseLinear(breakpoints: breakpoints, slopes: slopes, intercepts: intercepts)
  }

  @Test(arguments: NumberFormat.allCases, IntegerScales.allCases)
  func anchorsAreExactAndNothingIsWorseThanRounding(
    format: NumberFormat, scales: IntegerScales
  ) throws {
    guard format.isInteger || scales == .powerOfTwo else { return }
    for (function, domain) in Self.cases {
      for objective in [Objective.meanSquare, .maximum] {
        // A search over many scales, each exact: one function is enough.
        if format == .int8, scales == .free, function != .rsqrt { continue }
        let problem = problem(function, domain, objective, entries: 9, format: format)
        let ideal = try interpolation(of: problem, entries: 9)
        var notes: [String: String] = [:]
        let arithmetic = try problem.rounded(ideal, format: format, scales: scales, notes: &notes)
        let table = try table(arithmetic, problem)
        let plain = try self.table(
          problem.rounded(
            ideal, format: format, scales: scales, isSearched: false, notes: &notes), problem)
        #expect(table.entries == 9)
        if function == .gelu { #expect(table(0) == 0) }
        if function == .exp { #expect((table(0) - 1).magnitude <= 0x1p-23) }

        let measured = FitMeasurement(of: table, against: problem)
        let rounded = FitMeasurement(of: plain, against: problem)
        // Rounding may miss an anchor and gain by it: an output step or a part of one.
        let margin = 1.01
        if objective.isMaximum {
          #expect(measured.maximumError <= margin * rounded.maximumError, "\(function)")
        } else {
          #expect(measured.meanSquaredError <= margin * rounded.meanSquaredError, "\(function)")
        }
        var again: [String: String] = [:]
        #expect(
          try problem.rounded(ideal, format: format, scales: scales, notes: &again) == arithmetic)
      }
    }
  }

  @Test(arguments: [NumberFormat.fp32, .fp16, .int32, .int16])
  func identityStaysAndLinesMeet(format: NumberFormat) throws {
    for scales in format.isInteger ? IntegerScales.allCases : [.powerOfTwo] {
      let problem = problem(.gelu, -4...4, .meanSquare, entries: 16, format: format)
      let ideal = try interpolation(of: problem, entries: 16)
      var notes: [String: String] = [:]
      let arithmetic = try problem.rounded(ideal, format: format, scales: scales, notes: &notes)
      #expect(arithmetic.realSlopes[15] == 1)
      #expect(arithmetic.realIntercepts[15] == 0)
      let resolution = format.bits == 32 ? 1e-5 : 0.01
      for (index, x) in arithmetic.realBreakpoints.dropLast().enumerated() {
        let left = arithmetic.realSlopes[index] * x + arithmetic.realIntercepts[index]
        let right = arithmetic.realSlopes[index + 1] * x + arithmetic.realIntercepts[index + 1]
        #expect((left - right).magnitude < resolution)
      }
    }
  }

  @Test func searchGainsWhereNumbersAreCoarse() throws {
    for (function, domain) in Self.cases {
      let problem = problem(function, domain, .meanSquare, entries: 16, format: .fp16)
      var notes: [String: String] = [:]
      let ideal = try problem.leastSquares(entries: 16) { _ in }.ideal
      let table = try table(
        problem.rounded(ideal, format: .fp16, scales: .powerOfTwo, notes: &notes), problem)
      let plain = try self.table(
        problem.rounded(
          ideal, format: .fp16, scales: .powerOfTwo, isSearched: false, notes: &notes), problem)
      let error = FitMeasurement(of: table, against: problem).meanSquaredError
      #expect(error < 0.999 * FitMeasurement(of: plain, against: problem).meanSquaredError)
    }
  }
}
