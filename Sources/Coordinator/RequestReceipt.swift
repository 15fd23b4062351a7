import NIOCore

/// How a request comes in on one connection: whether its bytes come fast enough. Only time during
/// which the coordinator wanted to read counts, so that a slow coordinator blames no client.
struct RequestReceipt {
  /// What a client must keep to.
  struct Pace: Sendable {
    /// From a request's first byte to the end of its header fields; on a new connection from its
    /// beginning.
    var head: Duration
    /// A body may be as slow as it likes for this long,
    var grace: Duration
    /// then its average must be at least this, bytes per second, `1...`.
    var bytesPerSecond: Int
  }

  enum Phase: Hashable { case idle, head, body }

  let pace: Pace
  private(set) var phase = Phase.head
  private var waited = Duration.zero
  private var wantedSince: NIODeadline?
  private var bytes = 0

  init(pace: Pace) { self.pace = pace }

  /// The coordinator is ready to read.
  mutating func want(at now: NIODeadline) {
    if wantedSince == nil { wantedSince = now }
  }

  /// Bytes came.
  mutating func arrive(_ count: Int, at now: NIODeadline) {
    if phase == .idle {
      // What passed between two requests is nobody's delay.
      wantedSince = nil
      enter(.head)
    }
    settle(at: now)
    wantedSince = nil
    bytes += count
  }

  mutating func headEnded() { enter(.body) }

  mutating func requestEnded() { enter(.idle) }

  /// Whether the client has taken longer than it may.
  func isTooSlow(at now: NIODeadline) -> Bool {
    var settled = self
    settled.settle(at: now)
    switch phase {
    case .idle: return false
    case .head: return settled.waited > pace.head
    case .body:
      let earned = Duration.milliseconds(bytes * 1000 / max(pace.bytesPerSecond, 1))
      return settled.waited > pace.grace + earned
    }
  }

  private mutating func enter(_ next: Phase) {
    phase = next
    waited = .zero
    bytes = 0
  }

  private mutating func settle(at now: NIODeadline) {
    guard let since = wantedSince else { return }
    waited += .nanoseconds((now - since).nanoseconds)
    wantedSince = now
  }
}
