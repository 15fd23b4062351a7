import Approximation
import Foundation
import Testing

@testable import TableTools

@Suite struct RivalComparisonTests {
  private func request(_ function: NonlinearFunction, _ domain: ClosedRange<Double>)
    -> FitRequest
  {
    FitRequest(
      function: function, approximator: .linearLUT, entries: 4, format: .fp32, domain: domain)
  }

  @Test func everyApproximatorHasARow() throws {
    var seen: [String] = []
    var asked = request(.gelu, -4...4)
    asked.weights = [WeightedInterval(lower: -1, upper: 1, weight: 3)]
    let rows = try RivalComparison.rows(of: asked) { seen.append($0) }
    #expect(
      rows.map(\.approximator) == [
        "optimal", "optimal", "nn-lut refined", "nn-lut paper", "linear-lut", "i-bert",
      ])
    #expect(seen.count == 5)
    for row in rows { #expect((row.meanSquaredError == nil) == (row.maximumError == nil)) }
    let refined = try #require(rows[2].meanSquaredError)
    #expect(refined < (try #require(rows[4].meanSquaredError)))
    #expect(RivalComparison.listing(rows).rows.count == 6)
  }

  /// One bound for all rows, and beside it each row's own with the tables it speaks of.
  @Test(arguments: [Objective.meanSquare, .maximum])
  func everyRatioOfAColumnAsksTheSame(objective: Objective) throws {
    var asked = request(.gelu, -4...4)
    asked.entries = 8
    asked.objective = objective
    let rows = try RivalComparison.rows(of: asked) { _ in }
    #expect(Set(rows.map(\.bound)).count == 1)
    for row in rows {
      let error = objective.isMaximum ? row.maximumError : row.meanSquaredError
      let bound = try #require(row.bound)
      #expect(row.ratio == (try #require(error)) / bound)
      #expect((row.ownTables == nil) == (row.ownBound == nil))
      // No table beats the bound, whatever its own constraints.
      #expect(row.continuity == nil || (row.ratio ?? 0) > 1 - 1e-9, "\(row.approximator)")
    }
    #expect(rows[0].ownTables == "continuous table of 8 entries through (0, 0) ending on y = x")
    #expect(rows[1].ownTables?.hasPrefix("discontinuous table") == true)
    let legend = RivalComparison.legend(of: asked, rows)
    #expect(legend.first?.contains("which no table of 8 entries of real numbers beats") == true)
    #expect(legend.contains { $0.contains("linear-lut continuous: every continuous table") })
  }

  @Test func whatIsMeasuredOtherwiseHasNoRatio() throws {
    var asked = request(.rsqrt, 0.25...4)
    asked.scaling = .exponent
    let last = try #require(try RivalComparison.rows(of: asked) { _ in }.last)
    #expect(last.approximator == "i-bert" && last.ratio == nil)
    #expect(last.note?.contains("not comparable") == true)
  }

  /// The levels of the paper, through the quantisation of 16-bit inputs.
  @Test func integerFunctionsHaveTheirKnownErrors() throws {
    func error(_ function: NonlinearFunction, _ domain: ClosedRange<Double>) throws -> Double {
      let asked = request(function, domain)
      let rival = try #require(try IBertRival(asked))
      return ErrorQuadrature(of: asked) { rival($0) }.maximumError
    }
    #expect(abs(try error(.gelu, -4...4) - 0.018) < 1e-3)
    #expect(abs(try error(.exp, -8...0) - 0.0021) < 4e-4)
    #expect(try error(.reciprocal, 1...16) < 1e-4)
    #expect(try error(.rsqrt, 0.25...4) < 1e-3)
  }

  @Test func quadratureOfKnownIntegrals() {
    var asked = request(.exp, -2...0)
    // The rule 0 against exp: max 1, mean of e^2x over [-2, 0] = (1 - e^-4) / 4.
    let even = ErrorQuadrature(of: asked) { _ in 0 }
    #expect(abs(even.maximumError - 1) < 1e-12)
    #expect(abs(even.meanSquaredError - (1 - exp(-4.0)) / 4) < 1e-7)
    asked.objective = .relativeMeanSquare
    #expect(abs(ErrorQuadrature(of: asked) { _ in 0 }.meanSquaredError - 1) < 1e-12)
    asked.objective = .meanSquare
    asked.weights = [
      WeightedInterval(lower: -1, upper: -1, weight: 1),
      WeightedInterval(lower: -3, upper: -1, weight: 2),
      WeightedInterval(lower: 5, upper: 6, weight: 9),
    ]
    // Half of the second interval lies inside.
    let expected = 0.5 * exp(-2.0) + 0.5 * (exp(-2.0) - exp(-4.0)) / 2
    #expect(abs(ErrorQuadrature(of: asked) { _ in 0 }.meanSquaredError - expected) < 1e-6)
  }
}
