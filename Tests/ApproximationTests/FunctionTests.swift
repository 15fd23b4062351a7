import Approximation
import Foundation
import Testing

@Suite struct FunctionTests {
  struct Reference: Sendable {
    var function: NonlinearFunction
    var x: Double
    var value: Double
    var first: Double
    var second: Double
  }

  /// Made by scripts/fixtures_functions.py with mpmath.
  static func references() throws -> [Reference] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/functions.csv")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map {
      line in
      let fields = line.split(separator: ",")
      try #require(fields.count == 5)
      let numbers = fields.dropFirst().compactMap { Double($0) }
      try #require(numbers.count == 4)
      return Reference(
        function: try #require(NonlinearFunction(rawValue: String(fields[0]))), x: numbers[0],
        value: numbers[1], first: numbers[2], second: numbers[3])
    }
  }

  @Test func valuesAgreeWithHighPrecision() throws {
    let references = try Self.references()
    #expect(references.count > 180)
    for reference in references {
      let value = reference.function(reference.x)
      let error = (value - reference.value).magnitude
      #expect(
        error <= 1e-14 * reference.value.magnitude,
        "\(reference.function)(\(reference.x)) = \(value), not \(reference.value)")
    }
  }

  @Test func derivativesAgreeWithHighPrecision() throws {
    for reference in try Self.references() {
      let first = reference.function.firstDerivative(reference.x)
      let second = reference.function.secondDerivative(reference.x)
      // gelu' = Φ + xφ cancels near its zero at −0.75.
      let scale = max(reference.first.magnitude, reference.function == .gelu ? 1e-3 : 0)
      #expect(
        (first - reference.first).magnitude <= 1e-12 * scale
          || (first - reference.first).magnitude <= 1e-12 * reference.first.magnitude)
      #expect((second - reference.second).magnitude <= 1e-12 * reference.second.magnitude)
    }
  }

  @Test func extremesAreDefined() {
    #expect(NonlinearFunction.exp(-.infinity) == 0)
    #expect(NonlinearFunction.exp(1000) == .infinity)
    #expect(NonlinearFunction.exp(-745) > 0)
    #expect(NonlinearFunction.exp(.nan).isNaN)
    #expect(NonlinearFunction.gelu(-.infinity) == 0)
    #expect(NonlinearFunction.gelu(.infinity) == .infinity)
    #expect(NonlinearFunction.gelu(0) == 0)
    #expect(NonlinearFunction.gelu(.nan).isNaN)
  }
}
