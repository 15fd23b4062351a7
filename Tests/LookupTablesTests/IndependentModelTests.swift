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
    let largest = (Int128(1) << Int128(numbers.format.bits - 1)) - 1
    func limited(_ value: Int128) -> Int128 { max(-largest - 1, min(largest, value)) }
    // A quotient of two float32, rounded to float64 and then to float32, is rounded once: 53 bits
    // are at least 2 · 24 + 2.
    func quotient(_ value: Float, _ step: Float) -> Int128 {
      let units = Double(Float(Double(value) / Double(step))).rounded(.toNearestOrEven)
      return limited(Int128(max(-1e12, min(1e12, units))))
    }
    func input(_ value: Float) -> Int128 { quotient(value, numbers.input.step) }
    func line(_ q: Int128) -> Int128 {
      let index = numbers.breakpoints.count { Int128($0) <= q }
      let accumulator =
        Int128(numbers.slopes[index]) * q
        + Int128(numbers.intercepts[index]) * (Int128(1) << Int128(numbers.interceptShift))
      #expect(accumulator.magnitude < UInt128(1) << 63)
      let y =
        (accumulator + (Int128(1) << Int128(numbers.resultShift - 1)))
        >> Int128(numbers.resultShift)
      return limited(y)
    }
    func outside(_ tail: Tail, _ q: Int128, _ bound: Int128) -> Int128 {
      switch tail {
      case .clamp: line(bound)
      case .line: line(q)
      case .constant(let value): quotient(value, numbers.output.step)
      }
    }
    let q = input(x)
    var y =
      q < input(table.lowerBound)
      ? outside(table.left, q, input(table.lowerBound))
      : q > input(table.upperBound)
        ? outside(table.right, q, input(table.upperBound)) : line(q)
    if table.isNonNegative { y = max(0, y) }
    return Float(Double(Float(y)) * Double(numbers.output.step))
  }

  /// fp16 as multiples of a power of two, which float64 holds exactly, products and sums included.
  private func halfModel(_ table: LookupTable, _ numbers: HalfEntries, _ x: Float) -> Float {
    func half(_ value: Double) -> Double {
      guard value.isFinite, value != 0 else { return value }
      let unit = power(max(-24, Int(value.exponent) - 10))
      let rounded = (value / unit).rounded(.toNearestOrEven) * unit
      return rounded.magnitude > 65504 ? rounded * .infinity : rounded
    }
    func saturated(_ value: Double) -> Double { max(-65504, min(65504, value)) }
    func line(_ h: Double) -> Double {
      let index = numbers.breakpoints.count { Double($0) <= h }
      let product = half(Double(numbers.slopes[index]) * h)
      return saturated(half(product + Double(numbers.intercepts[index])))
    }
    func outside(_ tail: Tail, _ h: Double, _ bound: Double) -> Double {
      switch tail {
      case .clamp: line(bound)
      case .line: line(h)
      case .constant(let value): half(Double(value))
      }
    }
    let h = saturated(half(Double(x)))
    let lower = half(Double(table.lowerBound))
    let upper = half(Double(table.upperBound))
    let y =
      h < lower
      ? outside(table.left, h, lower) : h > upper ? outside(table.right, h, upper) : line(h)
    return Float(table.isNonNegative ? max(0, y) : y)
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
    case .fp16(let numbers): halfModel(table, numbers, x)
    case .integer(let numbers): integerModel(table, numbers, x)
    }
  }

  /// Every fp16 number as float32 decides what every float32 between two of them becomes.
  @Test func agreeOnAllHalves() throws {
    var generator = SeededGenerator(seed: Self.seed &+ 1)
    for table in try TableSamples.all(using: &generator).prefix(400)
    where table.format == .fp16 && table.scaling == .none && table.entries <= 16 {
      let wrong = (0...UInt16.max).map { Float(Float16(bitPattern: $0)) }.first { x in
        !x.isNaN && table(x) != model(table, x)
      }
      if let x = wrong { Issue.record("\(x) gives \(table(x)), the model \(model(table, x))") }
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
