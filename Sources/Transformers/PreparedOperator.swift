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
    case .exact(let function):
      for index in values.indices { values[index] = Float(function(Double(values[index]))) }
    }
  }
}

/// The one seam of a forward pass: whatever is non-linear goes through it.
struct SiteSeam {
  let operators: [PreparedOperator]
  let recorder: (any ActivationRecorder)?

  /// Shows the values to the recorder, then evaluates them in place.
  func evaluate(_ site: Int, _ values: UnsafeMutableBufferPointer<Float>) {
    recorder?.record(site: site, UnsafeBufferPointer(values))
    operators[site].apply(values)
  }
}
