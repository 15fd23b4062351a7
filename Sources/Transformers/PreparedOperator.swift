import Approximation
import CKernels
import LookupTables

/// A site's operator, ready to run.
enum PreparedOperator: Sendable {
  case exact(NonlinearFunction)
  case table(TableKernel)

  /// Evaluates every value in place.
  func apply(_ values: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .table(let kernel): kernel.apply(values)
    case .exact(.exp): exact_exp(values.baseAddress, values.count)
    case .exact(.gelu): exact_gelu(values.baseAddress, values.count)
    case .exact(.reciprocal):
      for index in values.indices { values[index] = 1 / values[index] }
    case .exact(.rsqrt):
      for index in values.indices { values[index] = 1 / values[index].squareRoot() }
    case .exact(.silu): LogisticProduct.apply(values) { $0 }
    case .exact(.geluTanh):
      // (1 + tanh u)/2 = σ(2u), 2u = √(8/π)·(x + 0.044715·x³)
      LogisticProduct.apply(values) { 1.595_769_1 * ($0 + 0.044_715 * ($0 * $0 * $0)) }
    case .exact(let function):
      for index in values.indices { values[index] = Float(function(Double(values[index]))) }
    }
  }
}

/// x·σ(z(x)) = x/(1 + e^−z(x)), in which both silu and the tanh form of GELU are written.
private enum LogisticProduct {
  /// Values that are evaluated together.
  private static let tile = 1024

  @inline(__always)
  static func apply(_ values: UnsafeMutableBufferPointer<Float>, _ z: (Float) -> Float) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: tile) { powers in
      for first in stride(from: 0, to: values.count, by: tile) {
        let part = min(tile, values.count - first)
        for index in 0..<part { powers[index] = -z(values[first + index]) }
        exact_exp(powers.baseAddress, part)
        for index in 0..<part { values[first + index] /= 1 + powers[index] }
      }
    }
  }
}

/// The one seam of a forward pass: whatever is non-linear goes through it.
struct SiteSeam {
  let operators: [PreparedOperator]
  let recorder: (any ActivationRecorder)?
  /// Whether what enters and what leaves a site is rounded to float16: ties to even, gradual
  /// subnormals, infinite from 65 520 on as IEEE has it (never saturated), one canonical NaN.
  let roundsToHalf: Bool

  /// Shows the values to the recorder, as the site receives them, evaluates them in place and shows
  /// the answers.
  func evaluate(_ site: Int, _ values: UnsafeMutableBufferPointer<Float>) {
    if roundsToHalf { format_round_half(values.baseAddress, values.count) }
    recorder?.record(site: site, UnsafeBufferPointer(values))
    operators[site].apply(values)
    if roundsToHalf { format_round_half(values.baseAddress, values.count) }
    recorder?.record(answersOf: site, UnsafeBufferPointer(values))
  }
}
