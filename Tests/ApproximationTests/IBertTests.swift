import Foundation
import Testing

@testable import Approximation

/// The integer functions against the paper's real formulas, written here once more, and against the
/// error levels that the paper gives.
@Suite struct IBertTests {
  /// The paper's i-GELU in real numbers.
  private func realGELU(_ x: Double) -> Double {
    let u = x / 2.0.squareRoot()
    let clipped = Swift.min(Swift.abs(u), 1.769)
    let erf = (u < 0 ? -1.0 : u > 0 ? 1 : 0) * (-0.2888 * pow(clipped - 1.769, 2) + 1)
    return x * 0.5 * (1 + erf)
  }

  /// The paper's i-exp in real numbers.
  private func realExponential(_ x: Double) -> Double {
    let z = (-x / log(2.0)).rounded(.down)
    let p = x + z * log(2.0)
    return (0.3585 * pow(p + 1.353, 2) + 0.344) * pow(2, -z)
  }

  @Test(arguments: [0x1p-14, 1e-3, 4.0 / 127])
  func geluFollowsTheFormula(scale: Double) throws {
    let gelu = try IBertGELU(scale: scale)
    for step in -4000...4000 {
      let q = Int32((Double(step) / 1000 / scale).rounded())
      let x = Double(q) * scale
      let error = Double(gelu(q)) * gelu.outputScale - realGELU(x)
      // The floors of q_b, q_c and 1/S each cost a unit or two of the erf's input or output.
      #expect(Swift.abs(error) <= 2 * Swift.max(1, Swift.abs(x)) * scale, "x \(x)")
    }
  }

  @Test func geluHasThePublishedError() throws {
    let gelu = try IBertGELU(scale: 4.0 / 32_767)
    var largest = 0.0
    for q in Int32(-32_767)...32_767 {
      let x = Double(q) * 4 / 32_767
      let exact = x * 0.5 * erfc(-x / 2.0.squareRoot())
      largest = Swift.max(largest, Swift.abs(Double(gelu(q)) * gelu.outputScale - exact))
    }
    // Table 1: 0.018.
    #expect(largest > 0.0175 && largest < 0.0185, "\(largest)")
  }

  @Test(arguments: [0x1p-14, 1e-3, 8.0 / 127])
  func expFollowsTheFormula(scale: Double) throws {
    let exponential = try IBertExponential(scale: scale)
    let halving = (log(2.0) / scale).rounded(.down) * scale
    for step in 0...8000 {
      let q = -Int32((Double(step) / 1000 / scale).rounded())
      let x = Double(q) * scale
      // The integer ln 2 is a little smaller: that is the paper's own error, so it is in here.
      let z = (-x / halving + 1e-12).rounded(.down)
      let expected = realExponential(x + z * halving) * pow(2, -z)
      let error = Double(exponential(q)) * exponential.outputScale - expected
      #expect(Swift.abs(error) <= 2 * scale, "x \(x)")
      #expect(exponential(q) >= 0)
    }
  }

  @Test func expHasThePublishedError() throws {
    let exponential = try IBertExponential(scale: 0x1p-14)
    var largest = 0.0
    for q in stride(from: Int32(0), to: -11_356, by: -1) {
      let value = Double(exponential(q)) * exponential.outputScale
      largest = Swift.max(largest, Swift.abs(value - exp(Double(q) * 0x1p-14)))
    }
    // §3.5 says 1.9e-3; the coefficients with the four digits it prints give 2.1e-3.
    #expect(largest > 1.9e-3 && largest < 2.15e-3, "\(largest)")
  }

  @Test func expOfExtremes() throws {
    let exponential = try IBertExponential(scale: 0.01)
    #expect(exponential(.min) == 0)
    #expect(exponential(5) == exponential(0))
  }

  @Test func squareRootIsExact() {
    let root = IBertSquareRoot()
    var cases: [Int64] = Array(0...100_000)
    for bit in 17..<63 {
      let power = Int64(1) << Int64(bit)
      cases += [power - 1, power, power + 1, power + power / 3]
    }
    cases += [.max, 3_037_000_499 * 3_037_000_499, 3_037_000_499 * 3_037_000_499 - 1]
    for n in cases {
      let r = root(n)
      #expect(r * r <= n, "\(n)")
      let next = (r + 1).multipliedReportingOverflow(by: r + 1)
      #expect(next.overflow || next.partialValue > n, "\(n)")
    }
    #expect(root(-5) == 0)
  }

  @Test func divisionIsTheQuotient() {
    #expect(IBertDivision(numeratorBits: 31)(3) == 715_827_882)
    #expect(IBertDivision(numeratorBits: 32)(1) == 1 << 32)
    #expect(IBertDivision(numeratorBits: 32)(0) == 1 << 32)
  }

  @Test func softmaxSumsToOne() throws {
    let row = (0..<64).map { Int32(($0 * 37) % 101 - 50) * 10 }
    let softmax = try IBertSoftmax(scale: 0.005, outputBits: 16)
    let results = softmax(row).map { Double($0) * softmax.outputScale }
    let exact = row.map { exp(Double($0) * 0.005) }
    let total = exact.reduce(0, +)
    for (result, value) in zip(results, exact) {
      #expect(Swift.abs(result - value / total) < 2e-3)
    }
    #expect(Swift.abs(results.reduce(0, +) - 1) < 0.01)
    #expect(softmax([.min, .max]).map { Double($0) * softmax.outputScale }[1] > 0.99)
  }

  @Test func layerNormHasMeanZeroAndVarianceOne() {
    for factor: Int32 in [10, 1000, 5000] {
      let row = (0..<384).map { Int32(($0 * 89) % 211 - 100) * factor }
      let scale = IBertLayerNorm.outputScale(width: row.count)
      let results = IBertLayerNorm()(row).map { Double($0) * scale }
      let mean = results.reduce(0, +) / 384
      let variance = results.reduce(0) { $0 + $1 * $1 } / 384
      #expect(Swift.abs(mean) < 0.01, "\(factor)")
      #expect(Swift.abs(variance - 1) < 0.01, "\(factor)")
    }
    #expect(IBertLayerNorm()([7, 7, 7]) == [0, 0, 0])
  }

  @Test(arguments: [0, 0x1p-15, 0.75, .nan])
  func otherScalesAreRefused(scale: Double) {
    #expect(throws: ApproximationError.self) { try IBertGELU(scale: scale) }
    #expect(throws: ApproximationError.self) { try IBertExponential(scale: scale) }
  }
}
