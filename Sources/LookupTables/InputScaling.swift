/// Range reduction around a table (DESIGN §5, "scaling").
public enum InputScaling: String, Codable, CaseIterable, Sendable {
  case none
  /// rsqrt only: below 1 the table is evaluated at `1024·x` and its result multiplied by 32.
  case paper
  /// `x = m·2^e`: reciprocal with m in `[1, 2)`, rsqrt with even e and m in `[1, 4)`.
  case exponent
}
