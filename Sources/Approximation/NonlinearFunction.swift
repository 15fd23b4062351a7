/// A non-linear function of a Transformer that a table can replace.
public enum NonlinearFunction: String, Codable, CaseIterable, Sendable {
  /// `x·Φ(x)`, the erf form.
  case gelu
  /// `x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2`, the tanh form.
  case geluTanh = "gelu-tanh"
  /// `e^x` for `x <= 0`, as Softmax uses it after subtracting the row maximum.
  case exp
  /// `1/x` for `x > 0`: Softmax's division by its row sum.
  case reciprocal
  /// `1/√x` for `x > 0`: LayerNorm's division by the standard deviation (x includes ε).
  case rsqrt
  /// `x·σ(x)`, also called swish.
  case silu
  /// `σ(x) = 1/(1 + e^−x)`
  case sigmoid
  case tanh
  /// `ln(1 + e^x)`
  case softplus
  /// `x·min(max(x + 3, 0), 6)/6`; its slope jumps at ±3.
  case hardswish
}
