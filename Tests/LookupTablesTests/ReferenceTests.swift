import Testing

@testable import LookupTables

/// The rules of DESIGN §5, one by one.
@Suite struct ReferenceTests {
  private func table(
    _ format: NumberFormat, breakpoints: [Double], slopes: [Double], intercepts: [Double],
    left: Tail = .clamp, right: Tail = .clamp, isNonNegative: Bool = false
  ) throws -> LookupTable {
    try LookupTable(
      rounding: PiecewiseLinear(breakpoints: breakpoints, slopes: slopes, intercepts: intercepts),
      lowerBound: -2, upperBound: 2, left: left, right: right, format: format,
      isNonNegative: isNonNegative)
  }

  @Test(arguments: NumberFormat.allCases)
  func aBreakpointBelongsToTheRight(format: NumberFormat) throws {
    let steps = try table(format, breakpoints: [0, 1], slopes: [0, 0, 0], intercepts: [1, 2, 3])
    // What rounds to 0 on the way in is 0.
    #expect(steps(Float(0).nextDown) == (format == .fp32 ? 1 : 2))
    let small: Float =
      if case .integer(let numbers) = steps.arithmetic { max(0x1p-20, numbers.input.step) } else {
        0x1p-10
      }
    #expect(steps(-small) == 1)
    #expect(steps(0) == 2)
    #expect(steps(-0.0) == 2)
    #expect(steps(Float(1) - small) == 2)
    #expect(steps(1) == 3)
  }

  @Test(arguments: NumberFormat.allCases)
  func equalBreakpointsMakeAnEmptyEntry(format: NumberFormat) throws {
    let steps = try table(format, breakpoints: [1, 1], slopes: [0, 0, 0], intercepts: [1, 2, 3])
    #expect([0.5, 1, 1.5].map { steps($0) } == [1, 3, 3])
  }

  @Test(arguments: NumberFormat.allCases)
  func tails(format: NumberFormat) throws {
    func line(_ tail: Tail) throws -> LookupTable {
      try table(
        format, breakpoints: [0], slopes: [1, 1], intercepts: [0.5, 0.5], left: tail, right: tail)
    }
    #expect(try [-3, -2, 2, 3].map(line(.clamp).callAsFunction) == [-1.5, -1.5, 2.5, 2.5])
    #expect(try [-3, -2, 2, 3].map(line(.line).callAsFunction) == [-2.5, -1.5, 2.5, 3.5])
    #expect(try [-3, -2, 2, 3].map(line(.constant(7)).callAsFunction) == [7, -1.5, 2.5, 7])
  }

  @Test(arguments: NumberFormat.allCases)
  func specialNumbers(format: NumberFormat) throws {
    let flat = try table(
      format, breakpoints: [0], slopes: [0, 1], intercepts: [0.25, 0.25], left: .line, right: .line)
    #expect(flat(-.infinity) == 0.25)
    let largest: [NumberFormat: ClosedRange<Float>] = [
      .fp32: .infinity ... .infinity, .fp16: 65504...65504, .int32: 256...1025, .int16: 8...33,
      .int8: 2...4.25,
    ]
    #expect(largest[format]?.contains(flat(.infinity)) == true)
    for pattern: UInt32 in [0x7F80_0001, 0x7FC0_0000, 0xFFFF_FFFF, 0xFFC0_0001] {
      #expect(flat(Float(bitPattern: pattern)).bitPattern == 0x7FC0_0000)
    }
    let constant = try table(
      format, breakpoints: [0], slopes: [1, 1], intercepts: [0, 0], left: .constant(0),
      right: .constant(-0.0))
    #expect(constant(-.infinity).bitPattern == 0)
    #expect(constant(.infinity).bitPattern == 0)
  }

  @Test func subnormalsAreGradual() throws {
    let half = try table(
      .fp16, breakpoints: [0], slopes: [1, 1], intercepts: [0, 0], left: .line, right: .line)
    #expect(half(0x1p-24) == 0x1p-24)
    #expect(half(-0x1.8p-20) == -0x1.8p-20)
    let identity = try table(
      .fp32, breakpoints: [0], slopes: [1, 1], intercepts: [0, 0], left: .line, right: .line)
    #expect(identity(.leastNonzeroMagnitude) == .leastNonzeroMagnitude)
    #expect(identity(-0x1.8p-140) == -0x1.8p-140)
  }

  @Test(arguments: NumberFormat.allCases)
  func neverNegativeWhereItIsSaid(format: NumberFormat) throws {
    let clipped = try table(
      format, breakpoints: [0], slopes: [1, 1], intercepts: [0, 0], left: .constant(-3),
      isNonNegative: true)
    #expect([-9, -1, 0, 1.5].map { clipped($0) } == [0, 0, 0, 1.5])
  }

  @Test func multiplicationRoundsBeforeTheAddition() throws {
    // (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24: the product rounds the last term away, a fused one keeps it.
    let x: Float = 1 + 0x1p-12
    let square = try table(
      .fp32, breakpoints: [0], slopes: [1, Double(x)], intercepts: [0, -1])
    #expect(square(x) == 0x1p-11)
  }

  @Test func tiesGoToEvenOnTheWayIn() throws {
    let numbers = try IntegerEntries(
      breakpoints: [0], slopes: [1, 1], intercepts: [0, 0], inputFractionBits: 0,
      interceptShift: 0, resultShift: 1, outputFractionBits: -1)
    let inputs: [Float] = [0.5, 1.5, 2.5, -0.5, -1.5, 0x1p31, -0x1p31, 1e30, -.infinity, .nan]
    #expect(
      inputs.map(numbers.quantizedInput) == [0, 2, 2, 0, -2, .max, .min, .max, .min, 0])
  }

  @Test func tiesGoUpOnTheWayOut() throws {
    let numbers = try IntegerEntries(
      breakpoints: [0], slopes: [1, 1], intercepts: [0, 0], inputFractionBits: 0,
      interceptShift: 0, resultShift: 1, outputFractionBits: 0)
    #expect([-3, -1, 1, 3].map(numbers.value) == [-1, 0, 1, 2])
  }

  @Test func resultsSaturate() throws {
    let numbers = try IntegerEntries(
      breakpoints: [0], slopes: [.max, .max], intercepts: [0, 0], inputFractionBits: 0,
      interceptShift: 0, resultShift: 1, outputFractionBits: 0)
    #expect(numbers.value(at: .max) == .max)
    #expect(numbers.value(at: .min) == .min)
  }
}
