/// How often a request is tried again when it failed for a passing reason. Only requests that may
/// be repeated without harm are ever tried again.
public struct RetryPolicy: Hashable, Sendable {
  /// Tries altogether; at least 1.
  public var maximumTries: Int
  /// The longest wait before the second try; doubles with each try.
  public var firstDelay: Duration
  public var longestDelay: Duration

  public init(
    maximumTries: Int, firstDelay: Duration = .milliseconds(100),
    longestDelay: Duration = .seconds(5)
  ) {
    self.maximumTries = max(1, maximumTries)
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
  }

  /// One try.
  public static let never = RetryPolicy(maximumTries: 1)
  /// Three tries within half a second: bridges a dropped connection, not a restart.
  public static let brief = RetryPolicy(maximumTries: 3)

  /// A random wait before try `attempt + 1`, so that many clients do not come back together:
  /// between half and all of the doubled delay.
  /// - Parameter attempt: How many tries have failed, at least 1.
  public func delay(after attempt: Int) -> Duration {
    let doubled = firstDelay * (1 << min(max(attempt - 1, 0), 16))
    let limit = min(doubled, longestDelay)
    return limit * Double.random(in: 0.5...1)
  }
}
