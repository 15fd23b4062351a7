import Synchronization

/// How often something may happen: on average, and at once after a pause.
public struct RateLimit: Hashable, Sendable {
  /// In `0.001...`.
  public var perSecond: Double
  /// In `1...`.
  public var burst: Double

  public init(perSecond: Double, burst: Double) {
    self.perSecond = max(perSecond, 0.001)
    self.burst = max(burst, 1)
  }
}

/// A token bucket for each key.
final class RateLimiter<Key: Hashable & Sendable>: Sendable {
  private struct Bucket {
    var level: Double
    var at: ContinuousClock.Instant
  }

  private let limit: RateLimit
  private let buckets = Mutex<[Key: Bucket]>([:])
  /// More keys than this are not remembered: those that have been quiet the longest are full again.
  private let capacity: Int

  init(_ limit: RateLimit, capacity: Int = 10_000) {
    self.limit = limit
    self.capacity = max(1, capacity)
  }

  /// Takes one from the key's bucket.
  /// - Returns: Nil, or how long until there is one.
  func take(_ key: Key, at now: ContinuousClock.Instant = .now) -> Duration? {
    buckets.withLock { buckets in
      var bucket = refilled(buckets[key], at: now)
      let wait = bucket.level < 1 ? (1 - bucket.level) / limit.perSecond : nil
      if wait == nil { bucket.level -= 1 }
      if buckets[key] == nil, buckets.count >= capacity { makeRoom(&buckets, at: now) }
      buckets[key] = bucket
      return wait.map { .seconds($0) }
    }
  }

  /// Whether the key has none left, without taking one.
  func isEmpty(_ key: Key, at now: ContinuousClock.Instant = .now) -> Duration? {
    buckets.withLock { buckets in
      let level = refilled(buckets[key], at: now).level
      return level < 1 ? .seconds((1 - level) / limit.perSecond) : nil
    }
  }

  private func refilled(_ bucket: Bucket?, at now: ContinuousClock.Instant) -> Bucket {
    guard let bucket else { return Bucket(level: limit.burst, at: now) }
    let gained = max(0, (now - bucket.at).inSeconds) * limit.perSecond
    return Bucket(level: min(limit.burst, bucket.level + gained), at: now)
  }

  private func makeRoom(_ buckets: inout [Key: Bucket], at now: ContinuousClock.Instant) {
    buckets = buckets.filter { refilled($0.value, at: now).level < limit.burst }
    if buckets.count >= capacity { buckets = [:] }
  }
}
