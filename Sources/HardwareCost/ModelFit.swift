/// The residuals of the analytic model at the synthesised units, as fractions of the measured value.
public struct ModelFit: Hashable, Codable, Sendable {
  /// One synthesised unit and what the model says of it.
  public struct Point: Hashable, Codable, Sendable {
    public let unit: String
    public let measuredArea: Double
    public let modelledArea: Double
    public let measuredDelay: Double
    public let modelledDelay: Double
    /// Whether the model's parameters were chosen with this point; the others check it.
    public let isFitted: Bool

    public var areaError: Double { (modelledArea - measuredArea).magnitude / measuredArea }
    public var delayError: Double { (modelledDelay - measuredDelay).magnitude / measuredDelay }
  }

  public let points: [Point]

  /// The points that the parameters were not chosen with: only they say what the model is worth.
  public var checks: [Point] { points.filter { !$0.isFitted } }
}
