import LookupTables

/// The numbers of a format and its arithmetic, as a search over them sees both. Stored numbers stand
/// as float64, which holds those of every format exactly.
protocol NumberLattice {
  /// An input as the format holds it.
  associatedtype Input: Comparable

  /// The real slope of the stored slope 1, and the real intercept of the stored intercept 1.
  var slopeUnit: Double { get }
  var interceptUnit: Double { get }
  /// Whether neighbouring numbers differ so little that looking further than one is idle.
  var isWide: Bool { get }

  func input(at x: Double) -> Input
  func real(_ input: Input) -> Double
  /// The next larger input; nil beyond the largest.
  func input(after input: Input) -> Input?
  /// The nearest stored number; nil beyond the largest.
  func stored(_ value: Double) -> Double?
  /// The stored number so many places above; nil beyond the largest.
  func stored(_ value: Double, plus places: Int) -> Double?
  /// How far a result near `value` is from the next one.
  func resultSpacing(at value: Double) -> Double
  /// The result that stands for a real value.
  func nearestResult(to value: Double) -> Double
  /// The result of a line of stored numbers, in real terms.
  func result(slope: Double, intercept: Double, at input: Input) -> Double
  /// - Throws: `TableError` when the numbers are no table.
  func arithmetic(breakpoints: [Input], slopes: [Double], intercepts: [Double]) throws
    -> TableArithmetic
}

extension NumberLattice {
  /// How far the neighbours of a stored number are away.
  func spacing(at value: Double) -> Double {
    guard let next = stored(value, plus: 1) else { return .infinity }
    return next - value
  }
}

/// fp32: every number is its own real value.
struct FloatLattice: NumberLattice {
  let slopeUnit = 1.0
  let interceptUnit = 1.0
  let isWide = true

  func input(at x: Double) -> Float { Float(x) }
  func real(_ input: Float) -> Double { Double(input) }
  func input(after input: Float) -> Float? { input.nextUp.isFinite ? input.nextUp : nil }

  func stored(_ value: Double) -> Double? {
    let number = Float(value)
    return number.isFinite ? Double(number) : nil
  }

  func stored(_ value: Double, plus places: Int) -> Double? {
    var number = Float(value)
    for _ in 0..<places.magnitude { number = places > 0 ? number.nextUp : number.nextDown }
    return number.isFinite ? Double(number) : nil
  }

  func resultSpacing(at value: Double) -> Double { Double(Float(value).ulp) }
  func nearestResult(to value: Double) -> Double { Double(Float(value)) }

  func result(slope: Double, intercept: Double, at input: Float) -> Double {
    let product = Float(slope) * input
    return Double(product + Float(intercept))
  }

  func arithmetic(breakpoints: [Float], slopes: [Double], intercepts: [Double]) throws
    -> TableArithmetic
  {
    .fp32(
      try FloatEntries(
        breakpoints: breakpoints, slopes: slopes.map { Float($0) },
        intercepts: intercepts.map { Float($0) }))
  }
}

/// fp16: every number is its own real value.
struct HalfLattice: NumberLattice {
  let slopeUnit = 1.0
  let interceptUnit = 1.0
  let isWide = false

  func input(at x: Double) -> Float16 { HalfEntries.quantized(Float(x)) }
  func real(_ input: Float16) -> Double { Double(input) }
  func input(after input: Float16) -> Float16? { input.nextUp.isFinite ? input.nextUp : nil }

  func stored(_ value: Double) -> Double? {
    let number = Float16(value)
    return number.isFinite ? Double(number) : nil
  }

  func stored(_ value: Double, plus places: Int) -> Double? {
    var number = Float16(value)
    for _ in 0..<places.magnitude { number = places > 0 ? number.nextUp : number.nextDown }
    return number.isFinite ? Double(number) : nil
  }

  func resultSpacing(at value: Double) -> Double { Double(HalfEntries.quantized(Float(value)).ulp) }
  func nearestResult(to value: Double) -> Double { Double(HalfEntries.quantized(Float(value))) }

  /// As ``HalfEntries/value(at:)`` for one entry.
  func result(slope: Double, intercept: Double, at input: Float16) -> Double {
    let product = Float16(Float(slope) * Float(input))
    let sum = Float16(Float(product) + Float(intercept))
    return max(-65504, min(65504, Double(sum)))
  }

  func arithmetic(breakpoints: [Float16], slopes: [Double], intercepts: [Double]) throws
    -> TableArithmetic
  {
    .fp16(
      try HalfEntries(
        breakpoints: breakpoints, slopes: slopes.map { Float16($0) },
        intercepts: intercepts.map { Float16($0) }))
  }
}

/// A format of integers between the scales and with the shifts of a given table.
struct IntegerLattice: NumberLattice {
  private let numbers: IntegerEntries
  private let integers: ClosedRange<Int>
  private let outputStep: Double
  let slopeUnit: Double
  let interceptUnit: Double

  init(of numbers: IntegerEntries) {
    self.numbers = numbers
    integers = Int(numbers.format.integers.lowerBound)...Int(numbers.format.integers.upperBound)
    outputStep = Double(numbers.output.step)
    slopeUnit =
      outputStep * Double(sign: .plus, exponent: -numbers.resultShift, significand: 1)
      / Double(numbers.input.step)
    interceptUnit =
      outputStep
      * Double(
        sign: .plus, exponent: numbers.interceptShift - numbers.resultShift, significand: 1)
  }

  var isWide: Bool { numbers.format.bits > 16 }

  func input(at x: Double) -> Int32 { numbers.quantizedInput(Float(x)) }
  func real(_ input: Int32) -> Double { Double(input) * Double(numbers.input.step) }
  func input(after input: Int32) -> Int32? { Int(input) < integers.upperBound ? input + 1 : nil }

  func stored(_ value: Double) -> Double? {
    let number = value.rounded(.toNearestOrEven)
    return number >= Double(integers.lowerBound) && number <= Double(integers.upperBound)
      ? number : nil
  }

  func stored(_ value: Double, plus places: Int) -> Double? { stored(value + Double(places)) }
  func resultSpacing(at value: Double) -> Double { outputStep }
  func nearestResult(to value: Double) -> Double {
    Double(numbers.real(numbers.quantizedOutput(Float(value))))
  }

  /// As ``IntegerEntries/value(at:)`` for one entry. What overflows 64 bits is no table and is
  /// refused as such.
  func result(slope: Double, intercept: Double, at input: Int32) -> Double {
    let sum =
      Int(slope) &* Int(input) &+ (Int(intercept) &<< numbers.interceptShift)
      &+ (1 &<< (numbers.resultShift - 1))
    let y = min(max(sum >> numbers.resultShift, integers.lowerBound), integers.upperBound)
    return Double(Float(y) * numbers.output.step)
  }

  func arithmetic(breakpoints: [Int32], slopes: [Double], intercepts: [Double]) throws
    -> TableArithmetic
  {
    .integer(
      try IntegerEntries(
        format: numbers.format, breakpoints: breakpoints, slopes: slopes.map { Int32($0) },
        intercepts: intercepts.map { Int32($0) }, input: numbers.input,
        interceptShift: numbers.interceptShift, resultShift: numbers.resultShift,
        output: numbers.output))
  }
}
