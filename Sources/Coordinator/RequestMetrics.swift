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

  func count(_ key: Key) { state.withLock { $0.requests[key, default: 0] += 1 } }

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
