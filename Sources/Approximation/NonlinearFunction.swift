/// A non-linear function of a Transformer that a table can replace.
public enum NonlinearFunction: String, Codable, CaseIterable, Sendable {
  /// `x·Φ(x)`, the erf form.
  case gelu
  /// `e^x` for `x <= 0`, as Softmax uses it after subtracting the row maximum.
  case exp
  /// `1/x` for `x > 0`: Softmax's division by its row sum.
  case reciprocal
  /// `1/√x` for `x > 0`: LayerNorm's division by the standard deviation (x includes ε).
  case rsqrt
}
