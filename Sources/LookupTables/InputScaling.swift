/// Range reduction around a table (docs/tables.md).
///
/// NaN gives the canonical NaN under every scaling.
public enum InputScaling: String, Codable, CaseIterable, Sendable {
  /// The table sees the input itself.
  case none
  /// rsqrt only: below 1 the table is evaluated at `1024·x` and its result multiplied by 32.
  ///
  /// `x <= 0` is below 1 like all else and meets the table's left tail.
  case paper
  /// `x = m·2^e`: reciprocal with m in `[1, 2)` and result `table(m)·2^−e`, rsqrt with even e, m in
  /// `[1, 4)` and result `table(m)·2^(−e/2)`. The table's domain is that of m.
  ///
  /// Positive subnormal numbers count as the smallest normal one, 2^−126. `x <= 0`, where the
  /// functions have no value, and `+∞` give 0.
  case exponent
}

/// The function that a scaled table stands for: it decides how the result is scaled back.
public enum ScaledFunction: String, Codable, CaseIterable, Sendable {
  /// `1/x`
  case reciprocal
  /// `1/√x`
  case rsqrt
}
