import Testing

@testable import LookupTables

/// The choice of scales and shifts.
@Suite struct IntegerFormatTests {
  private static let seed: UInt64 = 31

  private func line(
    slope: Double, intercept: Double, from lower: Double, to upper: Double, tail: Tail = .clamp,
    format: NumberFormat = .int32, scales: IntegerScales = .powerOfTwo
  ) throws -> LookupTable {
    try LookupTable(
      rounding: PiecewiseLinear(
        breakpoints: [(lower + upper) / 2], slopes: [slope, slope],
        intercepts: [intercept, intercept]), lowerBound: lower, upperBound: upper, left: tail,
      right: tail, format: format, isNonNegative: false, scales: scales)
  }

  @Test func precisionFollowsTheNumbers() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for _ in 0..<2_000 {
      func magnitude() -> Double {
        Double(sign: .plus, exponent: Int.random(in: -12...12, using: &generator), significand: 1)
          * Double.random(in: -2...2, using: &generator)
      }
      let reach = abs(magnitude()) + 1e-4
      let slope = magnitude()
      let intercept = magnitude()
      let table = try line(slope: slope, intercept: intercept, from: -reach, to: reach)
      let scale = abs(slope) * reach + abs(intercept)
      for _ in 0..<10 {
        let x = Float(Double.random(in: -reach...reach, using: &generator))
        let error = abs(Double(table(x)) - (slope * Double(x) + intercept))
        #expect(error <= scale * 0x1p-22, "seed \(Self.seed): \(slope)x + \(intercept) at \(x)")
      }
    }
  }

  @Test func linesGoOnFarBeyondTheDomain() throws {
    let table = try line(slope: 1, intercept: 0, from: -5, to: 5, tail: .line)
    for x: Float in [-1000, -25, 25, 1000] { #expect(table(x) == x) }
  }

  @Test func theLastGeluEntryIsTheIdentity() throws {
    for (format, reach) in [(NumberFormat.fp32, 1e9), (.fp16, 65504), (.int32, 1000), (.int16, 63)]
    {
      let table = try TableSamples.gelu(entries: 16, format: format)
      for x: Float in [4, 4.5, 10, 25.25, 64, 100, 1000, 65504, 1e9] where Double(x) <= reach {
        #expect(table(x) == x, "\(format)")
      }
    }
    // int8 has no bit to spare above the domain: its inputs end at 127/16.
    let narrow = try TableSamples.gelu(entries: 16, format: .int8)
    #expect(
      [4, 4.5, 7.9375, 8, 100, .infinity].map { narrow($0) } == [
        4, 4.5, 7.9375, 7.9375, 7.9375, 7.9375,
      ])
  }

  @Test func int32TracksFp32() throws {
    let pairs = try [
      (
        TableSamples.reciprocal(entries: 16, format: .fp32),
        TableSamples.reciprocal(entries: 16, format: .int32)
      ),
      (
        TableSamples.rsqrt(entries: 16, format: .fp32),
        TableSamples.rsqrt(entries: 16, format: .int32)
      ),
    ]
    for (float, integer) in pairs {
      for step in 0...2_000 {
        let x = 1 + Float(step) * 0.5
        #expect(abs(float(x) - integer(x)) < 4e-6, "\(x)")
      }
    }
  }

  @Test func numbersThatFitNoIntegerAreRefused() throws {
    #expect(throws: TableError.self) {
      try line(slope: 1e40, intercept: 0, from: -1, to: 1)
    }
    #expect(throws: TableError.self) {
      try line(slope: 1, intercept: 0, from: -1e-35, to: 1e-35)
    }
  }

  @Test func extremeMixturesGiveAValidTableOrAnError() throws {
    var generator = SeededGenerator(seed: Self.seed &+ 1)
    func any() -> Double {
      Double(sign: .plus, exponent: Int.random(in: -130...130, using: &generator), significand: 1.5)
    }
    for _ in 0..<5_000 {
      let reach = any()
      let (slope, intercept) = (any(), any())
      for (format, scales) in TableSamples.kinds {
        let tables = [Tail.clamp, .line].compactMap {
          try? line(
            slope: slope, intercept: intercept, from: -reach, to: reach, tail: $0, format: format,
            scales: scales)
        }
        for (table, x) in tables.flatMap({ table in
          [0, Float(reach), -.infinity, .infinity, 1].map { (table, $0) }
        }) {
          #expect(format == .fp32 ? !table(x).isNaN : table(x).isFinite)
        }
      }
    }
  }

  @Test func overflowIsProvenAbsent() throws {
    func entries(slope: Int32, intercept: Int32, shift: Int, result: Int) throws -> IntegerEntries {
      try IntegerEntries(
        breakpoints: [0], slopes: [0, slope], intercepts: [0, intercept], inputFractionBits: 0,
        interceptShift: shift, resultShift: result, outputFractionBits: 0)
    }
    #expect(throws: Never.self) { try entries(slope: .min, intercept: .max, shift: 30, result: 31) }
    #expect(throws: TableError.self) {
      try entries(slope: .min, intercept: .min, shift: 31, result: 31)
    }
    #expect(throws: TableError.self) {
      try entries(slope: 0, intercept: .min, shift: 62, result: 1)
    }
    #expect(throws: TableError.self) {
      try entries(slope: .min, intercept: .min, shift: 30, result: 62)
    }
    for (shift, result) in [(-1, 1), (63, 1), (0, 0), (0, 63)] {
      #expect(throws: TableError.self) {
        try entries(slope: 1, intercept: 1, shift: shift, result: result)
      }
    }
  }
}
