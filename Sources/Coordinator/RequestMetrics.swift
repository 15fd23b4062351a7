import JobStore
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
    var rescued = RescueReport()
    var pruned = PruneReport()
    var isLeader = false
    var schemaProblem: String?
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

  func count(_ report: RescueReport) { state.withLock { $0.rescued += report } }

  func count(_ report: PruneReport) { state.withLock { $0.pruned += report } }

  func countHousekeepingFailure() { state.withLock { $0.housekeepingFailures += 1 } }

  /// What this coordinator's housekeeping has taken back since it started.
  var rescued: RescueReport { state.withLock { $0.rescued } }

  /// What this coordinator's housekeeping has removed since it started.
  var pruned: PruneReport { state.withLock { $0.pruned } }

  /// Whether this coordinator leads the housekeeping, as far as it knows.
  var isLeader: Bool {
    get { state.withLock { $0.isLeader } }
    set { state.withLock { $0.isLeader = newValue } }
  }

  /// Why this coordinator can no longer work with the database; nil while it can.
  var schemaProblem: String? {
    get { state.withLock { $0.schemaProblem } }
    set { state.withLock { $0.schemaProblem = newValue } }
  }

  var housekeepingFailures: Int { state.withLock { $0.housekeepingFailures } }

  /// Requests answered, ordered by route.
  var requests: [(key: Key, count: Int)] {
    state.withLock { $0.requests }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
