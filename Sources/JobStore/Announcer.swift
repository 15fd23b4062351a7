import Foundation
import Logging
import Postgres
import Synchronization

/// Tells this process at once, and the others by NOTIFY, what has changed; at most one NOTIFY
/// statement every 10 ms, outside the transactions that made the changes.
final class Announcer: Sendable {
  private struct State {
    var pending: Set<StoreNotification> = []
    var isFlushing = false
    var subscribers: [Int: AsyncStream<StoreNotification>.Continuation] = [:]
    var nextSubscriber = 0
  }

  private static let interval = Duration.milliseconds(10)
  private let pool: PostgresPool
  private let logger: Logger
  private let state = Mutex(State())

  init(pool: PostgresPool, logger: Logger) {
    self.pool = pool
    self.logger = logger
  }

  func announce(_ news: Set<StoreNotification>) {
    guard !news.isEmpty else { return }
    let (subscribers, mustStart) = state.withLock { state in
      state.pending.formUnion(news)
      defer { state.isFlushing = true }
      return (Array(state.subscribers.values), !state.isFlushing)
    }
    for subscriber in subscribers {
      for item in news { subscriber.yield(item) }
    }
    if mustStart { Task { await flush() } }
  }

  /// What this process announces, and what others do.
  func stream() -> AsyncStream<StoreNotification> {
    let listening = PostgresListener.notifications(
      configuration: pool.configuration, channels: NotificationChannel.allCases.map(\.rawValue),
      logger: logger)
    return AsyncStream(bufferingPolicy: .bufferingNewest(10_000)) { continuation in
      let id = state.withLock { state in
        state.nextSubscriber += 1
        state.subscribers[state.nextSubscriber] = continuation
        return state.nextSubscriber
      }
      let forwarding = Task {
        for await heard in listening {
          if let item = StoreNotification(heard) { continuation.yield(item) }
        }
        continuation.finish()
      }
      continuation.onTermination = { [self] _ in
        forwarding.cancel()
        state.withLock { _ = $0.subscribers.removeValue(forKey: id) }
      }
    }
  }

  private func flush() async {
    while true {
      let news = state.withLock { state in
        defer { state.pending = [] }
        if state.pending.isEmpty { state.isFlushing = false }
        return state.pending
      }
      if news.isEmpty { return }
      let messages = news.compactMap(\.message)
      do {
        // Not worth a flush of the log, for which the claims that it causes would wait: what a crash
        // loses is found by polling.
        _ = try await pool.query(
          """
          SELECT set_config('synchronous_commit', 'off', true), count(pg_notify(channel, payload))
          FROM unnest($1::text[], $2::text[]) AS news (channel, payload)
          """,
          [.textArray(messages.map(\.channel.rawValue)), .textArray(messages.map(\.payload))])
      } catch {
        // Who waits also polls.
        logger.debug("notification not sent", metadata: ["reason": "\(error)"])
      }
      try? await Task.sleep(for: Self.interval)
    }
  }
}

enum NotificationChannel: String, CaseIterable {
  case ready = "nnlut_ready"
  case job = "nnlut_job"
  case session = "nnlut_session"
  case pool = "nnlut_pool"
}

extension StoreNotification {
  /// Nil for what only concerns one process's connection.
  var message: (channel: NotificationChannel, payload: String)? {
    switch self {
    case .ready: (.ready, "")
    case .job(let id): (.job, id.uuidString)
    case .session(let id): (.session, id.uuidString)
    case .pool(let name): (.pool, name)
    case .missed: nil
    }
  }

  /// Nil for what is none of ours.
  init?(_ heard: PostgresNotification) {
    switch heard {
    case .connected: self = .missed
    case .notification(let channel, let payload):
      switch NotificationChannel(rawValue: channel) {
      case .ready: self = .ready
      case .job:
        guard let id = UUID(uuidString: payload) else { return nil }
        self = .job(id)
      case .session:
        guard let id = UUID(uuidString: payload) else { return nil }
        self = .session(id)
      case .pool: self = .pool(payload)
      case nil: return nil
      }
    }
  }
}
