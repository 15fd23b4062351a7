import Foundation
import LookupTables
import Testing

@testable import Approximation

/// What a number format's rounding must not spoil.
@Suite struct RoundedFitTests {
  /// y = x goes on above the domain; the domain's last input rounds up in some formats and must not
  /// meet it.
  @Test(arguments: [NumberFormat.fp16, .int16, .int32])
  func theRightLineServesNoInputOfTheDomain(format: NumberFormat) throws {
    var random = SeededNumbers(seed: 5)
    for function in [NonlinearFunction.softplus, .hardswish, .silu, .gelu] {
      for continuity in Continuity.allCases {
        let upper = random.between(0.4, 1.6)
        let fitted = try FitRequest(
          function: function, approximator: .optimal, entries: 9, format: format,
          domain: -6...upper, objective: .maximum, continuity: continuity
        ).fit { _ in }
        let certificate = try #require(fitted.certificate)
        #expect(certificate.ratio < 2, "\(function) up to \(upper), \(continuity)")
        let last = Float(upper)
        #expect(
          (Double(fitted.table(last)) - function(upper)).magnitude
            <= certificate.maximumError * (1 + 1e-6))
      }
    }
  }

  /// The largest error counts at single values, in every format.
  @Test(arguments: NumberFormat.allCases, Continuity.allCases)
  func singleValuesAreMet(format: NumberFormat, continuity: Continuity) throws {
    var random = SeededNumbers(seed: 6)
    let step: Double =
      switch format {
      case .fp32, .int32: 1e-5
      case .fp16: 0x1p-9
      case .int16: 0x1p-9
      case .int8: 0x1p-3
      }
    for count in [1, 2, 3] {
      for scales in IntegerScales.allCases where format.isInteger || scales == .powerOfTwo {
        let weights = (0..<count).map { _ -> WeightedInterval in
          let x = random.between(-3, 3)
          return WeightedInterval(lower: x, upper: x, weight: 7)
        }.sorted { $0.lower < $1.lower }
        let fitted = try FitRequest(
          function: .silu, approximator: .optimal, entries: 8, format: format, domain: -4...4,
          weights: weights, objective: .maximum, continuity: continuity, scales: scales
        ).fit { _ in }
        #expect(fitted.withheld == nil)
        for weight in weights {
          let result = Double(fitted.table(Float(weight.lower)))
          let miss = result - NonlinearFunction.silu(weight.lower)
          #expect(miss.magnitude <= step, "\(count) values, \(weight.lower), \(scales)")
        }
      }
    }
  }

  /// The search of int8 tables and their measurement are of the same answers, products of float32.
  @Test(arguments: IntegerScales.allCases)
  func searchedBytesAreMeasuredAlike(scales: IntegerScales) throws {
    var random = SeededNumbers(seed: 7)
    for _ in 0..<6 {
      let x = random.between(-1, 1)
      let fitted = try FitRequest(
        function: .sigmoid, approximator: .nnLUT(.refined), entries: 6, format: .int8,
        domain: -1.3...1.9, weights: [.init(lower: x, upper: x, weight: 7)], scales: scales
      ).fit { _ in }
      #expect(fitted.withheld == nil)
      #expect(try #require(fitted.certificate).ratio < 1.001, "\(x)")
    }
  }

  /// A line that goes on beyond the domain may saturate there instead of taking the bits of results
  /// inside.
  @Test func steepOuterLinesLeaveTheirBits() throws {
    func error(_ tails: TailPolicy) throws -> Double {
      try FitRequest(
        function: .reciprocal, approximator: .optimal, entries: 15, format: .int16,
        domain: 0.002...7.9, objective: .maximum,
        constraints: FitConstraints(tails: tails, hasAnchors: false)
      ).fit { _ in }.maximumError
    }
    // The input step of lines that go on is eight times as large.
    #expect(try error(.line) < 12 * error(.clamp))
  }

  /// Small results are worth it that large ones saturate where relative errors count.
  @Test func relativeBytesChooseSmallSteps() throws {
    func error(_ entries: Int) throws -> Double {
      try #require(
        FitRequest(
          function: .reciprocal, approximator: .nnLUT(.refined), entries: entries, format: .int8,
          domain: 0.005...6.7, objective: .relativeMeanSquare
        ).fit { _ in }.certificate
      ).achieved
    }
    let four = try error(4)
    #expect(four < 0.3)
    #expect(try error(5) <= four)
  }

  /// A mean square of fp16 is the sum over all fp16 numbers of what rounds to each.
  @Test(arguments: [
    (NonlinearFunction.tanh, -5.6...14.3), (.gelu, -0.7...2.2), (.hardswish, -10.4...1.4),
  ])
  func halvesAreMeasuredOneByOne(function: NonlinearFunction, domain: ClosedRange<Double>) throws {
    let fitted = try FitRequest(
      function: function, approximator: .nnLUT(.refined), entries: 12, format: .fp16,
      domain: domain, wantsCertificate: false
    ).fit { _ in }
    var sum = 0.0
    var half = HalfEntries.quantized(Float(domain.lowerBound))
    var start = domain.lowerBound
    while start < domain.upperBound {
      let end = min(domain.upperBound, 0.5 * (Double(half) + Double(half.nextUp)))
      if end > start {
        let error = Double(fitted.table(Float(half))) - function(Double(half))
        sum += (end - start) * error * error
        start = end
      }
      half = half.nextUp
    }
    let mean = sum / (domain.upperBound - domain.lowerBound)
    #expect((fitted.meanSquaredError / mean - 1).magnitude < 2e-4)
  }

  /// Relative errors change fast beside a zero of the function; none is overlooked there.
  @Test(arguments: [NonlinearFunction.gelu, .tanh, .silu, .hardswish], [1e-5, 1e-3])
  func relativeErrorsBesideAZeroAreMeasured(function: NonlinearFunction, floor: Double) throws {
    for objective in [Objective.relativeMaximum, .relativeMeanSquare] {
      let request = FitRequest(
        function: function, approximator: .nnLUT(.refined), entries: 6, format: .fp32,
        domain: -4.3...7.1, objective: objective, constraints: FitConstraints(hasAnchors: false),
        relativeFloor: floor)
      let fitted = try request.fit { _ in }
      let certificate = try #require(fitted.certificate)
      var largest = 0.0
      for zero in [0.0, -3] {
        for step in 0..<6000 {
          // From 1e-8 to 1.
          let distance = 1e-8 * pow(1e8, Double(step) / 6000)
          for x in [zero - distance, zero + distance] {
            let exact = function(Double(Float(x)))
            let error = (Double(fitted.table(Float(x))) - exact).magnitude
            largest = max(largest, error / max(exact.magnitude, floor))
          }
        }
      }
      // float32's rounding, as a share of the floor, is noise that no scan sees alike.
      let noise = 0x1p-23 / floor
      #expect(largest <= certificate.maximumError * (1 + 1e-4) + noise, "\(objective)")
      // For the maximum bounds are close; the mean square's lines must meet, the bound's need not.
      #expect(certificate.ratio < (objective.isMaximum ? 1.001 : 1.1) + noise, "\(objective)")
    }
  }

  /// A gap that lines which meet cannot cross is told, with its remedy.
  @Test func aTableFarFromItsBoundSaysWhatToDo() throws {
    var weights = [WeightedInterval(lower: 1e-12, upper: 1.01e-12, weight: 100)]
    weights += (1...30).map {
      WeightedInterval(lower: 0.01 * Double($0), upper: 0.01 * Double($0 + 1), weight: 1)
    }
    var request = FitRequest(
      function: .rsqrt, approximator: .nnLUT(.refined), entries: 16, format: .fp32,
      domain: 1e-12...0.31, weights: weights)
    let far = try request.fit { _ in }
    #expect(try #require(far.certificate).isFarFromBound)
    #expect(far.notes["warning"]?.contains("; with scaling: exponent ") == true)
    request.scaling = .exponent
    let near = try request.fit { _ in }
    #expect(try !#require(near.certificate).isFarFromBound)
    #expect(near.notes["warning"] == nil)
  }
}
