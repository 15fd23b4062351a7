import Testing

@testable import LookupTables

@Suite struct ScalingTests {
  @Test(arguments: NumberFormat.allCases)
  func exponentCoversAllMagnitudes(format: NumberFormat) throws {
    let reciprocal = try TableSamples.reciprocal(entries: 64, format: format, scaling: .exponent)
    let rsqrt = try TableSamples.rsqrt(entries: 64, format: format, scaling: .exponent)
    let error: Double =
      switch format {
      case .fp32, .int32: 2e-4
      case .int16: 5e-4
      case .fp16: 2e-3
      case .int8: 0.06
      }
    for exponent in -126...127 {
      for significand: Float in [1, 1.2, 1.9999] {
        let x = Float(sign: .plus, exponent: exponent, significand: significand)
        #expect(abs(Double(reciprocal(x)) * Double(x) - 1) < error, "\(x)")
        #expect(abs(Double(rsqrt(x)) * Double(x).squareRoot() - 1) < 2.5 * error, "\(x)")
      }
    }
  }

  @Test(arguments: NumberFormat.allCases)
  func exponentOutsideThePositiveNumbers(format: NumberFormat) throws {
    for table in [
      try TableSamples.reciprocal(entries: 16, format: format, scaling: .exponent),
      try TableSamples.rsqrt(entries: 16, format: format, scaling: .exponent),
    ] {
      for x: Float in [0, -0.0, -1, -.leastNonzeroMagnitude, -.infinity, .infinity] {
        #expect(table(x).bitPattern == 0, "\(x)")
      }
      #expect(table(.nan).bitPattern == 0x7FC0_0000)
      #expect(table(.leastNonzeroMagnitude) == table(.leastNormalMagnitude))
      #expect(table(.leastNonzeroMagnitude).isFinite)
    }
  }

  @Test(arguments: NumberFormat.allCases)
  func paperScalesBelowOne(format: NumberFormat) throws {
    let plain = try TableSamples.rsqrt(entries: 256, format: format)
    let scaled = try TableSamples.rsqrt(entries: 256, format: format, scaling: .paper)
    for x: Float in [1, 1.5, 17, 1024, 5000, .infinity] { #expect(scaled(x) == plain(x)) }
    for x: Float in [0.999, 0.1, 1e-3, 1e-6, 0, -4, -.infinity] {
      #expect(scaled(x) == plain(x * 1024) * 32)
      #expect(scaled(x).isFinite)
    }
  }

  @Test func scalingAndFunctionMustFit() throws {
    let table = try TableSamples.rsqrt(entries: 4, format: .fp32)
    for (scaling, function): (InputScaling, ScaledFunction?) in [
      (.none, .rsqrt), (.paper, nil), (.paper, .reciprocal), (.exponent, nil),
    ] {
      #expect(throws: TableError.self) {
        try LookupTable(
          arithmetic: table.arithmetic, lowerBound: 1, upperBound: 4, left: .clamp, right: .clamp,
          scaling: scaling, scaledFunction: function, isNonNegative: true)
      }
    }
  }
}
