/// The number format of a model itself, around its sites.
public enum ModelPrecision: String, Codable, CaseIterable, Sendable {
  /// Everything in float32.
  case fp32
  /// What enters and leaves a site is rounded to float16; sums and matrix products stay float32.
  case fp16
  /// Linear layers on int8: weights per output channel, activations per tensor with ranges from
  /// calibration, exact sums.
  case int8
}
