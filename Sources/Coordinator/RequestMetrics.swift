import Synchronization

/// Counts requests by route and status, and what housekeeping did, for `/metrics`.
final class RequestMetrics: Sendable {
  struct Key: Hashable, Comparable, Sendable {
    var method: String
    /// The route's template, never the path itself: its values are unbounded.
    var route: String
    var status: Int

    static func < (left: Key, right: Key) -> Bool {
      (left.route, left.method, left.status) < (right.route, right.method, right.status)
    }
  }

  private struct State {
    var requests: [Key: Int] = [:]
    var takeovers = 0
    var housekeepingFailures = 0
  }

  private let state = Mutex(State())

  /// Methods outside this set count as `other`: a client may invent any number of them.
  private static let methods: Set = ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"]

  func count(_ key: Key) {
    var key = key
    if !Self.methods.contains(key.method) { key.method = "other" }
    let known = key
    state.withLock { $0.requests[known, default: 0] += 1 }
  }

  func countTakeovers(_ number: Int) { state.withLock { $0.takeovers += number } }

  func countHousekeepingFailure() { state.withLock { $0.housekeepingFailures += 1 } }

  /// Leases taken from their sessions by this coordinator's housekeeping.
  var takeovers: Int { state.withLock { $0.takeovers } }

  var housekeepingFailures: Int { state.withLock { $0.housekeepingFailures } }

  /// Requests answered, ordered by route.
  var requests: [(key: Key, count: Int)] {
    state.withLock { $0.requests }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
