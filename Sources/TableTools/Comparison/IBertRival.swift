import Approximation

/// I-BERT's integer function in a table's place, between real numbers: the input is quantised as
/// the authors' program would, the result scaled back.
struct IBertRival {
  private let value: @Sendable (Double) -> Double
  /// S of the input and what it follows from, for the record.
  let note: String

  /// - Parameter request: Its function and domain count.
  /// - Returns: nil where I-BERT has no such function.
  init?(_ request: FitRequest) throws {
    guard case .nonlinear(let function) = request.function else { return nil }
    let bounds = request.domain
    let reach = max(bounds.lowerBound.magnitude, bounds.upperBound.magnitude)
    let permitted = IBertScale.permitted
    // 16-bit inputs, as the authors' program gives to every non-linear function but Softmax's.
    let scale = min(max(reach / 32_767, permitted.lowerBound), permitted.upperBound)
    if function == .gelu {
      let gelu = try IBertGELU(scale: scale)
      value = { Double(gelu(Self.quantised($0, scale))) * gelu.outputScale }
      note = "16-bit input, S = \(Shown.number(scale))"
    } else if function == .exp {
      let exponential = try IBertExponential(scale: scale)
      value = { Double(exponential(Self.quantised($0, scale))) * exponential.outputScale }
      note = "16-bit input, S = \(Shown.number(scale))"
    } else if function == .reciprocal {
      // Softmax's sum of exponentials of 16 bits, whose largest is 1.
      let unit = 1.0 / 32_767
      let division = IBertDivision(numeratorBits: 32)
      value = { Double(division(Self.wide($0, unit))) * 0x1p-32 / unit }
      note = "2^32 / n, S = 1/32767"
    } else if function == .rsqrt {
      // LayerNorm's sum of squares, kept within 32 bits.
      let unit = bounds.upperBound * 0x1p-32
      let root = IBertSquareRoot()
      let division = IBertDivision(numeratorBits: 31)
      value = {
        Double(division(root(Self.wide($0, unit)))) * 0x1p-31 / unit.squareRoot()
      }
      note = "2^31 / sqrt(n), S = \(Shown.number(unit))"
    } else {
      return nil
    }
  }

  func callAsFunction(_ x: Double) -> Double { value(x) }

  private static func quantised(_ x: Double, _ scale: Double) -> Int32 {
    Int32(min(max((x / scale).rounded(.toNearestOrEven), -32_768), 32_767))
  }

  private static func wide(_ x: Double, _ scale: Double) -> Int64 {
    Int64(min(max((x / scale).rounded(.toNearestOrEven), 0), 0x1p62))
  }
}
