import Approximation

/// A function on a domain, and the best known errors of free float tables there (DESIGN §5's
/// reference table; its figures are rounded to within 0.5 %).
struct ReferenceCase {
  var function: NonlinearFunction
  var domain: ClosedRange<Double>
  /// N → the least maximum error known: exact where f″ keeps its sign, otherwise the proven bound
  /// and the best continuous table found.
  var maximum: [Int: ClosedRange<Double>] = [:]
  /// N → the least mean square of a continuous table found.
  var meanSquare: [Int: Double] = [:]

  var name: String {
    "\(function.rawValue) [\(short(domain.lowerBound)), \(short(domain.upperBound))]"
  }

  static let all = [
    ReferenceCase(
      function: .gelu, domain: -4...4, maximum: [8: 6.25e-3...6.69e-3, 16: 2.05e-3...2.59e-3],
      meanSquare: [8: 1.17e-5, 16: 8.3e-7]),
    ReferenceCase(
      function: .gelu, domain: -5...5, maximum: [16: 2.2e-3...2.8e-3], meanSquare: [16: 7.9e-7]),
    ReferenceCase(
      function: .exp, domain: -8...0, maximum: [8: 3.82e-3...3.82e-3, 16: 9.45e-4...9.45e-4],
      meanSquare: [8: 3.4e-6, 16: 2.1e-7]),
    ReferenceCase(
      function: .exp, domain: -256...0, maximum: [16: 1.01e-3...1.01e-3],
      meanSquare: [16: 8.8e-9]),
    ReferenceCase(
      function: .reciprocal, domain: 0.5...4,
      maximum: [8: 6.53e-3...6.53e-3, 16: 1.63e-3...1.63e-3], meanSquare: [8: 1.1e-5, 16: 6.9e-7]),
    ReferenceCase(
      function: .reciprocal, domain: 1...1024, maximum: [16: 1.83e-3...1.83e-3],
      meanSquare: [16: 6.1e-8]),
    ReferenceCase(
      function: .rsqrt, domain: 0.25...4, maximum: [8: 5.85e-3...5.85e-3, 16: 1.46e-3...1.46e-3],
      meanSquare: [8: 8.3e-6, 16: 5.2e-7]),
    ReferenceCase(
      function: .rsqrt, domain: 0.1...1024, maximum: [16: 7.48e-3...7.48e-3],
      meanSquare: [16: 7.7e-7]),
    ReferenceCase(function: .geluTanh, domain: -4...4),
    ReferenceCase(function: .silu, domain: -8...8),
    ReferenceCase(function: .sigmoid, domain: -8...8),
    ReferenceCase(function: .tanh, domain: -4...4),
    ReferenceCase(function: .softplus, domain: -8...8),
    ReferenceCase(function: .hardswish, domain: -8...8),
  ]
}

func short(_ value: Double) -> String {
  value == value.rounded() ? String(Int(value)) : String(value)
}
