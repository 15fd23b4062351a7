/// Which inputs an integer table must hold, and how large its results get.
///
/// With a `line` tail, inputs beyond the domain are looked up too; so bits stay free above the
/// domain: eight of int32 (nothing saturates up to 256 times the larger bound), three of int16, none
/// of int8, whose inputs saturate where the domain's larger bound ends.
struct IntegerReach {
  private let lower: Double
  private let upper: Double
  private let left: Tail
  private let right: Tail
  private let isNonNegative: Bool
  private let format: NumberFormat

  init(
    lower: Double, upper: Double, left: Tail, right: Tail, isNonNegative: Bool,
    format: NumberFormat
  ) {
    self.lower = lower
    self.upper = upper
    self.left = left
    self.right = right
    self.isNonNegative = isNonNegative
    self.format = format
  }

  /// The larger magnitude of the domain's bounds. Where inputs are 0 and nothing else, any step holds
  /// them.
  var domain: Double {
    let largest = max(lower.magnitude, upper.magnitude)
    return largest < 0x1p-90 ? 1 : largest
  }

  /// The bits that stay free above the domain.
  var headroomBits: Int {
    guard left == .line || right == .line else { return 0 }
    return switch format {
    case .int32: 8
    case .int16: 3
    case .int8, .fp32, .fp16: 0
    }
  }

  /// The largest magnitude of a result, among those of all inputs that the integers hold and the
  /// constants. Results of int16 beyond the domain count no further than the headroom's factor above
  /// results and inputs inside: a steep outer line saturates there, instead of taking the bits of all
  /// others, which int32 can spare.
  func largestResult(of ideal: PiecewiseLinear, inputStep: Double) -> Double {
    let integers = format.integers
    let start = left == .line ? min(lower, Double(integers.lowerBound) * inputStep) : lower
    let end = right == .line ? max(upper, Double(integers.upperBound) * inputStep) : upper
    let inside = largestResult(of: ideal, from: lower, to: upper)
    let headroom = Double(sign: .plus, exponent: headroomBits, significand: 1)
    var largest = largestResult(of: ideal, from: start, to: end)
    if format != .int32 { largest = min(largest, headroom * max(inside, domain)) }
    // A constant is stored as it is, even where a non-negative table answers 0 instead.
    for case .constant(let value) in [left, right] {
      largest = max(largest, Double(value.magnitude))
    }
    return largest
  }

  /// The largest magnitude of a line's result over a range; of results below 0 only where those stay.
  private func largestResult(
    of ideal: PiecewiseLinear, from start: Double, to end: Double
  ) -> Double {
    var largest = 0.0
    func include(_ value: Double) {
      largest = max(largest, isNonNegative ? value : value.magnitude)
    }
    for index in 0..<ideal.entries {
      let from = index == 0 ? start : max(start, ideal.breakpoints[index - 1])
      let to = index == ideal.entries - 1 ? end : min(end, ideal.breakpoints[index])
      guard from <= to else { continue }
      include(ideal.slopes[index] * from + ideal.intercepts[index])
      include(ideal.slopes[index] * to + ideal.intercepts[index])
    }
    return largest
  }

  /// The steps with which the largest input and the largest result become the largest integer.
  /// Where a slope would exceed its bits, the output step is as large as that slope needs.
  /// - Throws: ``TableError`` when such a step is out of ``IntegerScale/permittedSteps``.
  func freeScales(of ideal: PiecewiseLinear) throws -> (input: IntegerScale, output: IntegerScale) {
    let headroom = Double(sign: .plus, exponent: headroomBits, significand: 1)
    let input = try scale(holding: domain * headroom)
    // A slope is m · 2^−r · output step / input step with r at least 1.
    let steepest = ideal.slopes.map(\.magnitude).max() ?? 0
    let result = max(
      largestResult(of: ideal, inputStep: Double(input.step)), 2 * steepest * Double(input.step))
    return (input, result == 0 ? input : try scale(holding: result))
  }

  /// The smallest float32 step with which `magnitude` does not exceed the largest integer.
  private func scale(holding magnitude: Double) throws -> IntegerScale {
    let largest = Double(format.integers.upperBound)
    let nearest = Float(magnitude / largest)
    return try IntegerScale(
      step: Double(nearest) * largest < magnitude ? nearest.nextUp : nearest)
  }
}
