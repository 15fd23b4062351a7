import Approximation
import Foundation
import LookupTables
import Testing

@testable import TableTools

/// The check's own measure, against integrals in closed form, and genuine tables that coarse points
/// would call wrong.
@Suite struct ErrorQuadratureTests {
  private func request(_ function: NonlinearFunction, _ domain: ClosedRange<Double>)
    -> FitRequest
  {
    FitRequest(
      function: function, approximator: .linearLUT, entries: 4, format: .fp32, domain: domain)
  }

  /// The rule 0 against 1/√x: the mean square is ln(b/a)/(b − a), nearly all of it at the narrow end.
  @Test(arguments: [(1e-6, 10.0), (1e-20, 1e6), (0.5, 1e12)])
  func theNarrowEndIsResolved(lower: Double, upper: Double) {
    let measured = ErrorQuadrature(of: request(.rsqrt, lower...upper)) { _ in 0 }
    let expected = log(upper / lower) / (upper - lower)
    #expect(abs(measured.meanSquaredError / expected - 1) < 1e-6)
    #expect(abs(measured.maximumError * lower.squareRoot() - 1) < 1e-12)
  }

  /// The rule 0 against e^x on [−1e6, 0]: all of it within a few units of 0.
  @Test func soIsTheBendOfAWideDomain() {
    let measured = ErrorQuadrature(of: request(.exp, -1e6...0)) { _ in 0 }
    #expect(abs(measured.meanSquaredError / 0.5e-6 - 1) < 1e-6)
  }

  /// Docs/tables.md's measure: a millionth of the weights counts evenly.
  @Test func weightsHaveABackground() {
    var asked = request(.exp, -2...0)
    asked.weights = [WeightedInterval(lower: -2, upper: -2, weight: 7)]
    let measured = ErrorQuadrature(of: asked) { $0 == -2 ? exp(-2.0) : 0 }
    let even = (1 - exp(-4.0)) / 4
    #expect(abs(measured.meanSquaredError / (1e-6 * even / (1 + 1e-6)) - 1) < 1e-6)
  }

  /// 1/√x received at 2^2·m: the squared error of the result is a fourth of that at m.
  @Test func scaledResultsCountAsScaledBack() {
    var asked = request(.rsqrt, 0.25...100)
    asked.scaling = .exponent
    asked.weights = [WeightedInterval(lower: 4, upper: 4, weight: 3)]
    let measured = ErrorQuadrature(of: asked, on: 1...4) { _ in 0 }
    let background = 1e-6 * log(4) / 3
    #expect(abs(measured.meanSquaredError - 0.25 * (1 + background) / (1 + 1e-6)) < 1e-12)
    asked.weights = [WeightedInterval(lower: 0.25, upper: 1, weight: 1)]
    let below = ErrorQuadrature(of: asked, on: 1...4) { _ in 0 }
    // The mean of 1/x over [1/4, 1].
    #expect(abs(below.meanSquaredError / (log(4) / 0.75) - 1) < 1e-6)
  }

  @Test func largestErrorsAreWeightedByDensity() {
    var asked = request(.gelu, -4...4)
    asked.objective = .maximum
    asked.weights = [
      WeightedInterval(lower: -1, upper: 1, weight: 8),
      WeightedInterval(lower: 1, upper: 3, weight: 2),
      WeightedInterval(lower: 3.5, upper: 3.5, weight: 1e-9),
    ]
    func weighted(_ error: @escaping (Double) -> Double) -> Double {
      ErrorQuadrature(of: asked) { NonlinearFunction.gelu($0) + error($0) }.weightedMaximumError
    }
    #expect(abs(weighted { $0 > 1 && $0 < 3 ? 1 : 0 } - 0.25) < 1e-12)
    #expect(abs(weighted { $0 < -1 ? 1 : 0 } - 1e-6) < 1e-12)
    #expect(abs(weighted { $0 == 3.5 ? 1 : 0 } - 1) < 1e-12)
    // An edge is as dense as its denser side.
    #expect(abs(weighted { $0 == 1 ? 1 : 0 } - 1) < 1e-12)
  }

  @Test func theFloorOfRelativeErrorsIsTheRequests() {
    var asked = request(.exp, -8...0)
    asked.objective = .relativeMaximum
    #expect(abs(ErrorQuadrature(of: asked) { _ in 0.01 }.maximumError - 2.474) < 0.01)
    asked.relativeFloor = 0.5
    #expect(
      abs(ErrorQuadrature(of: asked) { NonlinearFunction.exp($0) + 0.1 }.maximumError - 0.2) < 1e-9)
  }

  private func problems(_ change: (inout TableSettings) -> Void) throws -> [String] {
    var settings = TableSettings()
    settings.entries = "16"
    change(&settings)
    var request = try settings.request()
    request.wantsCertificate = false
    return TableVerification(of: try TableDocument(fitting: request)).problems
      .filter { !$0.hasPrefix("there is no certificate") }
  }

  /// Each was called wrong by points that were even over the domain.
  @Test(arguments: [
    ("rsqrt", "1e-6:10", "fp32"), ("reciprocal", "1e-9:10", "fp32"), ("exp", "-1e6:0", "fp32"),
    ("gelu", "-1e6:1e6", "fp32"), ("exp", "-17:0", "int16"), ("exp", "-17:0", "fp16"),
    ("tanh", "-1e5:1e5", "fp32"), ("hardswish", "3.5:5", "fp32"), ("softplus", "-8:8", "int32"),
    ("rsqrt", "1e-3:1e3", "int32"), ("silu", "-6e4:6e4", "fp16"),
  ])
  func genuineTablesHold(function: String, domain: String, format: String) throws {
    let found = try problems {
      $0.function = function
      $0.domain = domain
      $0.format = format
    }
    #expect(found == [])
  }
}
