/// Why histograms cannot be merged or decoded.
public enum HistogramError: Error, Hashable, Sendable, CustomStringConvertible {
  /// More than ``ActivationHistogram/maximumTotal`` values.
  case tooManyValues
  /// The encoded form is damaged: at which byte, and how.
  case malformed(offset: Int, reason: String)

  public var description: String {
    switch self {
    case .tooManyValues:
      "a histogram holds at most 2^62 values: merge fewer shards"
    case .malformed(let offset, let reason):
      "damaged activation histogram at byte \(offset): \(reason); collect it again"
    }
  }
}
