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
    #expect(references.count > 480)
    for reference in references {
      let value = reference.function(reference.x)
      let error = (value - reference.value).magnitude
      #expect(
        // gelu-tanh's left tail is e^v with v to −80: the rounding of v counts so many times.
        error <= (reference.function == .geluTanh ? 5e-14 : 1e-14) * reference.value.magnitude,
        "\(reference.function)(\(reference.x)) = \(value), not \(reference.value)")
    }
  }

  @Test func derivativesAgreeWithHighPrecision() throws {
    for reference in try Self.references() {
      let first = reference.function.firstDerivative(reference.x)
      let second = reference.function.secondDerivative(reference.x)
      // gelu′, silu′ and the like cancel near their zeros, f″ near inflections.
      #expect(
        (first - reference.first).magnitude <= 1e-12 * max(reference.first.magnitude, 1e-3)
          || (first - reference.first).magnitude <= 1e-12 * reference.first.magnitude,
        "\(reference.function)'(\(reference.x)) = \(first), not \(reference.first)")
      #expect(
        (second - reference.second).magnitude <= 1e-12 * reference.second.magnitude,
        "\(reference.function)''(\(reference.x)) = \(second), not \(reference.second)")
    }
  }

  @Test func inflectionsAreWhereTheCurvatureChangesSign() {
    for function in NonlinearFunction.allCases {
      for inflection in function.inflections where function != .hardswish {
        let left = function.secondDerivative(inflection - 1e-6)
        let right = function.secondDerivative(inflection + 1e-6)
        #expect(left * right < 0, "\(function) at \(inflection)")
      }
      let domain = function.paperDomain
      var signs: [Bool] = []
      for step in 0...4_000 where function != .hardswish {
        let x = domain.lowerBound + (domain.upperBound - domain.lowerBound) * Double(step) / 4_000
        let second = function.secondDerivative(x)
        if second != 0, signs.last != (second > 0) { signs.append(second > 0) }
      }
      let named = function.inflections.filter(domain.contains).count
      if function != .hardswish { #expect(signs.count == named + 1, "\(function)") }
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
    #expect(NonlinearFunction.hardswish(-3) == 0)
    #expect(NonlinearFunction.hardswish(3) == 3)
    #expect(NonlinearFunction.hardswish.firstDerivative(-3) == -0.5)
    #expect(NonlinearFunction.hardswish.firstDerivative(3) == 1)
    #expect(NonlinearFunction.tanh(-0.0) == 0)
    #expect(NonlinearFunction.softplus(0) > 0.6931471805599452)
    for function in NonlinearFunction.allCases {
      #expect(function(.nan).isNaN, "\(function)")
    }
    for function in [NonlinearFunction.geluTanh, .silu, .softplus, .hardswish] {
      #expect(function(-.infinity) == 0, "\(function)")
      #expect(function(-1e30) == 0, "\(function)")
      #expect(function(.infinity) == .infinity, "\(function)")
      #expect(function(1e30) == 1e30, "\(function)")
      #expect(function.firstDerivative(1e30) == 1, "\(function)")
      #expect(function.secondDerivative(-1e30) == 0, "\(function)")
    }
    for (function, least) in [(NonlinearFunction.sigmoid, 0.0), (.tanh, -1)] {
      #expect(function(-.infinity) == least)
      #expect(function(.infinity) == 1)
    }
  }
}
