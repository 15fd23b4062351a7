import CKernels
import Foundation
import Testing

@Suite("Exact functions and row kernels")
struct ExactKernelTests {
  static let seed: UInt64 = 11

  /// Values spread over magnitudes and signs, and every special one.
  private static func values(_ range: ClosedRange<Float>, count: Int) -> [Float] {
    var state = seed
    let spread = (0..<count).map { _ -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let unit = Float(state >> 40) * 0x1p-24
      return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }
    return spread + [
      0, -0.0, .infinity, -.infinity, .nan, -.nan, .leastNonzeroMagnitude, -0x1p-133, 3e38, -3e38,
    ]
  }

  @Test("exp is within 2 ulp, also where the result is subnormal")
  func exponential() {
    var worst = 0.0
    let inputs = Self.values(-105...89, count: 200_000)
    var results = inputs
    exact_exp(&results, results.count)
    for (x, y) in zip(inputs, results) {
      let exact = exp(Double(x))
      if exact.isNaN {
        #expect(y.bitPattern == 0x7FC0_0000)
      } else if exact > Double(Float.greatestFiniteMagnitude) {
        #expect(y > 1.7e38, "e^\(x)")
      } else {
        worst = max(worst, abs(Double(y) - exact) / max(Double(Float(exact).ulp), 0x1p-149))
      }
    }
    #expect(worst <= 2)
    var one: [Float] = [0, -0.0]
    exact_exp(&one, 2)
    #expect(one == [1, 1])
  }

  @Test("gelu is within 3e-7 up to 6 and within an ulp beyond")
  func gelu() {
    let inputs = Self.values(-20...20, count: 200_000)
    var results = inputs
    exact_gelu(&results, results.count)
    for (x, y) in zip(inputs, results) {
      if x.isNaN {
        #expect(y.bitPattern == 0x7FC0_0000)
      } else if x.isInfinite {
        #expect(y == max(x, 0))
      } else {
        let exact = 0.5 * Double(x) * erfc(-Double(x) / 2.0.squareRoot())
        #expect(abs(Double(y) - exact) <= max(3e-7, x > 6 ? Double(x.ulp) : 0), "gelu(\(x))")
      }
    }
  }

  @Test("every instruction set gives the same bits", arguments: [0, 1, 7, 8, 9, 384, 1003])
  func instructionSets(columns: Int) {
    let rows = 5
    let matrix = Array(Self.values(-12...12, count: rows * columns).prefix(rows * columns))
    let other = Array(Self.values(-3...3, count: rows * columns).prefix(rows * columns))
    let row = Array(other.prefix(columns))

    /// Runs every kernel one after another, keeping each result.
    func run(_ kernels: Kernels) -> [[UInt32]] {
      var results: [[UInt32]] = []
      var a = matrix
      kernels.exp(&a, a.count)
      results.append(a.map(\.bitPattern))
      a = matrix
      kernels.gelu(&a, a.count)
      results.append(a.map(\.bitPattern))
      a = matrix
      kernels.subtractRowMaximum(&a, rows, columns)
      results.append(a.map(\.bitPattern))
      var sums = [Float](repeating: 0, count: rows)
      kernels.rowSums(a, rows, columns, &sums)
      results.append(sums.map(\.bitPattern))
      kernels.scaleRows(&a, rows, columns, sums)
      kernels.addBias(&a, rows, columns, row)
      results.append(a.map(\.bitPattern))
      kernels.centerRows(&a, rows, columns, row, other, 1e-12, &sums)
      results.append(a.map(\.bitPattern) + sums.map(\.bitPattern))
      kernels.affineRows(&a, rows, columns, sums, row, row)
      results.append(a.map(\.bitPattern))
      return results
    }
    #expect(run(.portable) == run(.chosen))
  }

  @Test("a single value that is not finite is found", arguments: [0, 8, 41])
  func allFinite(position: Int) {
    var values = [Float](repeating: .greatestFiniteMagnitude, count: 42)
    #expect(exact_all_finite(values, values.count))
    for bad in [Float.nan, .infinity, -.infinity] {
      values[position] = bad
      #expect(!exact_all_finite(values, values.count))
      #expect(!exact_all_finite_portable(values, values.count))
    }
  }

  @Test("the row kernels compute what they say")
  func rows() {
    var matrix: [Float] = [1, 5, 3, -2, -7, -3]
    exact_subtract_row_maximum(&matrix, 2, 3)
    #expect(matrix == [-4, 0, -2, 0, -5, -1])
    var sums: [Float] = [0, 0]
    exact_row_sums(matrix, 2, 3, &sums)
    #expect(sums == [-6, -6])
    exact_scale_rows(&matrix, 2, 3, [1, -2])
    exact_add_bias(&matrix, 2, 3, [1, 0, 0])
    #expect(matrix == [-3, 0, -2, 1, 10, 2])
    exact_center_rows(&matrix, 2, 3, [0, -1, 1], [3, 1, 1, -1, 0, 0], 0.5, &sums)
    #expect(matrix == [0, 0, 0, -4, 5, -1])
    #expect(sums == [0.5, 14.5])
    exact_affine_rows(&matrix, 2, 3, [1, 2], [1, 1, 3], [0, 0, 1])
    #expect(matrix == [0, 0, 1, -8, 10, -5])
  }
}

/// The kernels of one instruction set.
private struct Kernels {
  typealias Values = UnsafeMutablePointer<Float>
  typealias Constants = UnsafePointer<Float>

  var exp: (Values, Int) -> Void
  var gelu: (Values, Int) -> Void
  var subtractRowMaximum: (Values, Int, Int) -> Void
  var rowSums: (Constants, Int, Int, Values) -> Void
  var scaleRows: (Values, Int, Int, Constants) -> Void
  var addBias: (Values, Int, Int, Constants) -> Void
  var centerRows: (Values, Int, Int, Constants, Constants, Float, Values) -> Void
  var affineRows: (Values, Int, Int, Constants, Constants, Constants) -> Void

  static var portable: Kernels {
    Kernels(
      exp: exact_exp_portable, gelu: exact_gelu_portable,
      subtractRowMaximum: exact_subtract_row_maximum_portable, rowSums: exact_row_sums_portable,
      scaleRows: exact_scale_rows_portable, addBias: exact_add_bias_portable,
      centerRows: exact_center_rows_portable, affineRows: exact_affine_rows_portable)
  }

  static var chosen: Kernels {
    Kernels(
      exp: exact_exp, gelu: exact_gelu, subtractRowMaximum: exact_subtract_row_maximum,
      rowSums: exact_row_sums, scaleRows: exact_scale_rows, addBias: exact_add_bias,
      centerRows: exact_center_rows, affineRows: exact_affine_rows)
  }
}
