import Approximation

/// One place in one model where a non-linear function is evaluated: layer + operator + function.
public struct Site: Hashable, Codable, Sendable {
  /// For example `encoder.layer.3.attention.softmax.exp`.
  public let name: String
  public let function: NonlinearFunction

  public init(name: String, function: NonlinearFunction) {
    self.name = name
    self.function = function
  }
}
