import Foundation
import Testing

@testable import LookupTables

/// What the formats promise beside the rules that they share.
@Suite struct NumberFormatTests {
  private static let seed: UInt64 = 16

  private func line(
    _ slope: Double, _ intercept: Double, format: NumberFormat, tail: Tail = .line
  ) throws -> LookupTable {
    try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: [0], slopes: [slope, slope], intercepts: [intercept, intercept]),
      lowerBound: -2, upperBound: 2, left: tail, right: tail, format: format, isNonNegative: false)
  }

  @Test func widths() {
    #expect(NumberFormat.allCases.map(\.bits) == [32, 16, 32, 16, 8])
    #expect(NumberFormat.allCases.map(\.isInteger) == [false, false, true, true, true])
    #expect(NumberFormat.int8.integers == -128...127)
    #expect(NumberFormat.int16.integers == -32768...32767)
    #expect(NumberFormat.int32.integers == Int32.min...Int32.max)
  }

  @Test func halvesSaturate() throws {
    let identity = try line(1, 0, format: .fp16)
    #expect(
      [65504, 65519, 65520, 1e30, .infinity].map { identity($0) }
        == Array(repeating: 65504, count: 5))
    #expect([-65520, -.infinity].map { identity($0) } == [-65504, -65504])
    // The product overflows; the sum does not come back.
    let steep = try line(3, -60000, format: .fp16)
    #expect(steep(30000) == 65504)
    #expect(steep(-1) == -60000)  // −60003 lies between −60000 and −60032
    #expect(steep(-.infinity) == -65504)
    let clamped = try line(1, 0, format: .fp16, tail: .clamp)
    #expect(clamped(.infinity) == 2 && clamped(-1e30) == -2)
  }

  @Test func halvesRoundTwice() throws {
    // (1 + 2^-6)^2 = 1 + 2^-5 + 2^-12: the product rounds the last term away, a fused one keeps it.
    let slope = 1 + 0x1p-6
    #expect(try line(slope, -1, format: .fp16)(Float(slope)) == 0x1p-5)
    // 2049 becomes 2048 on the way in, 2051 becomes 2052.
    let identity = try line(1, 0, format: .fp16)
    #expect([2049, 2051].map { identity($0) } == [2048, 2052])
    #expect(identity(0x1p-24) == 0x1p-24 && identity(-0x1.8p-24) == -0x1p-23)
    #expect(identity(0x1p-25).bitPattern == 0 && identity(-0x1p-25).bitPattern == 0)
  }

  @Test func halvesThatOverflowAreRefused() throws {
    for (slope, intercept) in [(65520.0, 0.0), (0, -7e4)] {
      #expect(throws: TableError.self) { try line(slope, intercept, format: .fp16) }
    }
    #expect(throws: TableError.self) { try line(1, 0, format: .fp16, tail: .constant(65520)) }
  }

  /// No input gives NaN, and only fp32 answers infinity, to an infinite or huge input on a line.
  @Test func nothingBlowsUp() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for table in try TableSamples.all(using: &generator) where table.scaling != .exponent {
      for x: Float in [.infinity, -.infinity, .greatestFiniteMagnitude, 1e30, -1e30] {
        #expect(table.format == .fp32 ? !table(x).isNaN : table(x).isFinite, "\(x): \(table)")
      }
    }
  }

  @Test func theQuotientIsRoundedOnce() throws {
    // 0.15 / 0.1 in float32 is 1.5 exactly, which goes to 2; in real numbers it is just above.
    let scale = try IntegerScale(step: 0.1)
    #expect(scale.quantized(0.15, in: -128...127) == 2)
    #expect(scale.quantized(0.25, in: -128...127) == 2)
    #expect(scale.quantized(12.75, in: -128...127) == 127)
    #expect(scale.quantized(-.infinity, in: -128...127) == -128)
    #expect(scale.quantized(.nan, in: -128...127) == 0)
    #expect(scale.fractionBits == nil)
    #expect(try IntegerScale(step: 0x1p-7).fractionBits == 7)
    for step: Float in [0, -1, .nan, .infinity, .leastNonzeroMagnitude, 0x1p97] {
      #expect(throws: TableError.self) { try IntegerScale(step: step) }
    }
  }

  @Test func numbersKeepTheirWidth() throws {
    func entries(
      _ format: NumberFormat, breakpoint: Int32 = 0, slope: Int32 = 0, intercept: Int32 = 0
    )
      throws -> IntegerEntries
    {
      try IntegerEntries(
        format: format, breakpoints: [breakpoint], slopes: [0, slope], intercepts: [0, intercept],
        inputFractionBits: 0, interceptShift: 0, resultShift: 1, outputFractionBits: 0)
    }
    for (format, limit) in [(NumberFormat.int8, Int32(128)), (.int16, 32768)] {
      #expect(throws: Never.self) {
        try entries(format, breakpoint: -limit, slope: limit - 1, intercept: -limit)
      }
      #expect(throws: TableError.self) { try entries(format, breakpoint: limit) }
      #expect(throws: TableError.self) { try entries(format, slope: -limit - 1) }
      #expect(throws: TableError.self) { try entries(format, intercept: limit) }
      let steep = try entries(format, slope: limit - 1)
      #expect(steep.value(at: limit - 1) == limit - 1 && steep.value(at: 1 - limit) == 0)
      #expect(steep.quantizedInput(1e9) == limit - 1 && steep.quantizedInput(-1e9) == -limit)
    }
    #expect(throws: TableError.self) { try entries(.fp16) }
  }

  /// Free scales use every integer; so they are never coarser than powers of two.
  @Test(arguments: [NumberFormat.int8, .int16, .int32])
  func freeScalesReachTheLastInteger(format: NumberFormat) throws {
    let ideal = try TableSamples.chords({ $0 * $0 }, from: -3, to: 2.5, entries: 8)
    let tables = try IntegerScales.allCases.map {
      try LookupTable(
        rounding: ideal, lowerBound: -3, upperBound: 2.5, left: .clamp, right: .clamp,
        format: format, isNonNegative: true, scales: $0)
    }
    let numbers = tables.compactMap { table -> IntegerEntries? in
      if case .integer(let numbers) = table.arithmetic { numbers } else { nil }
    }
    try #require(numbers.count == 2)
    let largest = format.integers.upperBound
    let slack = largest >> 23
    #expect(numbers[1].quantizedInput(-3) <= -largest + slack)
    #expect(numbers[1].quantizedOutput(9) >= largest - slack)
    #expect(numbers[1].input.step < numbers[0].input.step)
    #expect(numbers[1].output.step < numbers[0].output.step)
    #expect(numbers[0].inputFractionBits != nil && numbers[1].inputFractionBits == nil)
  }

  @Test(arguments: [NumberFormat.int8, .int16, .int32])
  func givenScalesAreObeyed(format: NumberFormat) throws {
    var generator = SeededGenerator(seed: Self.seed &+ 1)
    for _ in 0..<300 {
      let largest = Double(format.integers.upperBound)
      let reach = Double.random(in: 0.5...20, using: &generator)
      let height = Double.random(in: 0.5...20, using: &generator)
      let input = try IntegerScale(step: Float(reach / largest))
      let output = try IntegerScale(step: Float(height / largest))
      let slope = Double.random(in: -1...1, using: &generator) * height / reach * 0.45
      let intercept = Double.random(in: -1...1, using: &generator) * height * 0.45
      let table = try LookupTable(
        rounding: PiecewiseLinear(
          breakpoints: [0], slopes: [slope, slope], intercepts: [intercept, intercept]),
        lowerBound: -reach, upperBound: reach, left: .clamp, right: .clamp, format: format,
        isNonNegative: false, scales: .free, givenScales: (input, output))
      guard case .integer(let numbers) = table.arithmetic else { continue }
      #expect(numbers.input == input && numbers.output == output)
      // Half a unit of input, slope, intercept and result each; an int32 input has the 24 bits of
      // the quotient.
      let x = Float(Double.random(in: -reach...reach, using: &generator))
      let error = abs(Double(table(x)) - (slope * Double(x) + intercept))
      #expect(
        error < 3 * Double(output.step) + 0x1p-22 * height,
        "seed \(Self.seed): \(slope)x + \(intercept) at \(x)")
    }
  }

  @Test func scalesThatCannotHoldTheLinesAreRefused() throws {
    let ideal = try PiecewiseLinear(breakpoints: [0], slopes: [1, 900], intercepts: [0, 0])
    #expect(throws: TableError.self) {
      try IntegerEntries(
        rounding: ideal, format: .int8, input: IntegerScale(step: 0.1),
        output: IntegerScale(step: 0.1))
    }
  }

  /// The lines in real numbers are those that the arithmetic computes.
  @Test func realLinesAreThoseOfTheTable() throws {
    var generator = SeededGenerator(seed: Self.seed &+ 2)
    for table in try TableSamples.all(using: &generator) where table.scaling == .none {
      let arithmetic = table.arithmetic
      let breakpoints = arithmetic.realBreakpoints
      let (slopes, intercepts) = (arithmetic.realSlopes, arithmetic.realIntercepts)
      #expect(breakpoints.count + 1 == slopes.count && slopes.count == intercepts.count)
      for _ in 0..<20 {
        var x = Float.random(in: table.lowerBound...table.upperBound, using: &generator)
        var unit = 0x1p-20
        if case .integer(let numbers) = arithmetic {
          let q = numbers.quantizedInput(x)
          x = Float(q) * numbers.input.step
          guard numbers.quantizedInput(x) == q else { continue }
          unit = Double(numbers.output.step)
        } else if case .fp16 = arithmetic {
          x = Float(Float16(x))
          unit = 0x1p-9
        }
        guard table.lowerBound <= x, x <= table.upperBound,
          !breakpoints.contains(where: { abs($0 - Double(x)) <= 1e-6 * $0.magnitude })
        else { continue }
        let index = breakpoints.count { $0 <= Double(x) }
        let real = slopes[index] * Double(x) + intercepts[index]
        let expected = table.isNonNegative ? max(0, real) : real
        let size = abs(slopes[index] * Double(x)) + abs(intercepts[index])
        #expect(
          abs(Double(table(x)) - expected) <= max(unit * max(1, size), 0x1p-21 * size),
          "\(x): \(table)")
      }
    }
  }

  /// fp32 and int32 tables are, to the bit, those of the versions that knew no other format.
  @Test func olderTablesStayAsTheyWere() throws {
    var tables: [LookupTable] = []
    for format in [NumberFormat.fp32, .int32] {
      var generator = SeededGenerator(seed: 2)
      for entries in [2, 8, 16, 64, 256] {
        for tail in [Tail.clamp, .line, .constant(0), .constant(-1.75)] {
          tables.append(
            try TableSamples.random(
              entries: entries, format: format, left: tail, right: .line, isNonNegative: false,
              using: &generator))
          tables.append(
            try TableSamples.random(
              entries: entries, format: format, left: .clamp,
              right: tail == .constant(-1.75) ? .line : tail, isNonNegative: true,
              using: &generator))
        }
        tables.append(try TableSamples.gelu(entries: entries, format: format))
        for scaling in InputScaling.allCases {
          tables.append(try TableSamples.rsqrt(entries: entries, format: format, scaling: scaling))
        }
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a of the documents
    for table in tables {
      for byte in try encoder.encode(table) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    #expect(String(hash, radix: 16) == "84bd420f74b544e2")
  }
}
