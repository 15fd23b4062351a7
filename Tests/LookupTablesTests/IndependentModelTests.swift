import Testing

@testable import LookupTables

/// The reference against a second statement of DESIGN §5, written with wider arithmetic.
@Suite struct IndependentModelTests {
  private static let seed: UInt64 = 2112_02191

  private func power(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// In 128 bits, entries counted one by one.
  private func integerModel(_ table: LookupTable, _ numbers: IntegerEntries, _ x: Float) -> Float {
    func saturated(_ value: Double) -> Int128 {
      let rounded = value.rounded(.toNearestOrEven)
      return Int128(max(-2_147_483_648, min(2_147_483_647, rounded)))
    }
    func input(_ value: Float) -> Int128 {
      saturated(Double(value) * power(numbers.inputFractionBits))
    }
    func line(_ q: Int128) -> Int128 {
      let index = numbers.breakpoints.count { Int128($0) <= q }
      let accumulator =
        Int128(numbers.slopes[index]) * q
        + Int128(numbers.intercepts[index]) * (Int128(1) << Int128(numbers.interceptShift))
      #expect(accumulator.magnitude < UInt128(1) << 63)
      let y =
        (accumulator + (Int128(1) << Int128(numbers.resultShift - 1)))
        >> Int128(numbers.resultShift)
      return max(Int128(Int32.min), min(Int128(Int32.max), y))
    }
    func outside(_ tail: Tail, _ q: Int128, _ bound: Int128) -> Int128 {
      switch tail {
      case .clamp: line(bound)
      case .line: line(q)
      case .constant(let value):
        saturated(Double(value) * power(numbers.outputFractionBits))
      }
    }
    let q = input(x)
    var y =
      q < input(table.lowerBound)
      ? outside(table.left, q, input(table.lowerBound))
      : q > input(table.upperBound)
        ? outside(table.right, q, input(table.upperBound)) : line(q)
    if table.isNonNegative { y = max(0, y) }
    return Float(Double(y) * power(-numbers.outputFractionBits))
  }

  /// Products of two float32 are exact in float64, and sums round as if they were.
  private func floatModel(_ table: LookupTable, _ numbers: FloatEntries, _ x: Float) -> Float {
    func line(_ u: Float) -> Float {
      let index = numbers.breakpoints.count { $0 <= u }
      if u.isInfinite && numbers.slopes[index] == 0 { return numbers.intercepts[index] }
      let product = Float(Double(numbers.slopes[index]) * Double(u))
      return Float(Double(product) + Double(numbers.intercepts[index]))
    }
    func outside(_ tail: Tail, _ bound: Float) -> Float {
      switch tail {
      case .clamp: line(bound)
      case .line: line(x)
      case .constant(let value): value
      }
    }
    let y =
      x < table.lowerBound
      ? outside(table.left, table.lowerBound)
      : x > table.upperBound ? outside(table.right, table.upperBound) : line(x)
    return table.isNonNegative && y < 0 ? 0 : y
  }

  private func model(_ table: LookupTable, _ x: Float) -> Float {
    switch table.arithmetic {
    case .fp32(let numbers): floatModel(table, numbers, x)
    case .int32(let numbers): integerModel(table, numbers, x)
    }
  }

  @Test func agree() throws {
    var generator = SeededGenerator(seed: Self.seed)
    for table in try TableSamples.all(using: &generator) where table.scaling == .none {
      var inputs = TableSamples.edges(of: table)
      for _ in 0..<2_000 {
        inputs.append(Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())))
        inputs.append(Float.random(in: -12...12, using: &generator))
      }
      let wrong = inputs.first { x in !x.isNaN && table(x) != model(table, x) }
      if let x = wrong {
        Issue.record(
          "seed \(Self.seed): \(x) gives \(table(x)), the model \(model(table, x)); \(table)")
      }
    }
  }
}
