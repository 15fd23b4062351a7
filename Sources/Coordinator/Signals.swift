import Foundation
import Synchronization

/// What a long poll may wait for.
enum Topic: Hashable, Sendable {
  /// Something happened to this job.
  case job(UUID)
  /// Something for this worker session: a cancel, a lost lease, a drain.
  case session(UUID)
  /// The desired size of this pool changed.
  case pool(String)
}

/// Wakes the long polls of this coordinator. Signals carry no data: who is woken looks into the
/// store, so a signal too many does no harm and one too few costs a poll interval.
final class Signals: Sendable {
  private struct State {
    var isEnded = false
    var waiting: [Topic: [ObjectIdentifier: Subscription]] = [:]
  }

  private let state = Mutex(State())

  /// Wakes everyone who waits for `topic`.
  func send(_ topic: Topic) {
    for subscription in state.withLock({ Array(($0.waiting[topic] ?? [:]).values) }) {
      subscription.signal()
    }
  }

  /// Wakes everyone: notifications may have been missed.
  func sendAll() {
    for subscription in everyone() { subscription.signal() }
  }

  /// Ends every wait, now and from now on: the coordinator shuts down.
  func end() {
    state.withLock { $0.isEnded = true }
    for subscription in everyone() { subscription.end() }
  }

  /// How many subscriptions there are on `topic`.
  func count(_ topic: Topic) -> Int { state.withLock { $0.waiting[topic]?.count ?? 0 } }

  /// Runs `body` with a subscription that hears `topics`, ends with the connection and remembers a
  /// signal that comes between two waits: look into the store after subscribing, then wait.
  func withSubscription<Result>(
    to topics: [Topic], on connection: Connection,
    _ body: (Subscription) async throws -> Result
  ) async rethrows -> Result {
    let subscription = Subscription()
    let key = ObjectIdentifier(subscription)
    let isEnded = state.withLock { state in
      for topic in topics { state.waiting[topic, default: [:]][key] = subscription }
      return state.isEnded
    }
    connection.attach(subscription)
    if isEnded { subscription.end() }
    defer {
      connection.detach(subscription)
      state.withLock { state in
        for topic in topics {
          state.waiting[topic]?[key] = nil
          if state.waiting[topic]?.isEmpty == true { state.waiting[topic] = nil }
        }
      }
    }
    return try await body(subscription)
  }

  private func everyone() -> [Subscription] {
    state.withLock { state in state.waiting.values.flatMap(\.values) }
  }
}

/// One long poll's ear.
final class Subscription: Sendable {
  private struct State {
    var isSignalled = false
    var isEnded = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// The client has gone or the coordinator shuts down: answer now, do nothing new.
  var isEnded: Bool { state.withLock { $0.isEnded } }

  func signal() { wake { $0.isSignalled = true } }

  func end() { wake { $0.isEnded = true } }

  /// Waits for a signal, the end or `longest`, whichever comes first; a signal sent since the last
  /// wait counts.
  func wait(atMost longest: Duration) async {
    guard longest > .zero else { return }
    let alarm = Alarms.shared.set(for: self, after: longest)
    defer { alarm.cancel() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let resumesNow = state.withLock { state in
          if state.isSignalled || state.isEnded { return true }
          state.waiter = continuation
          return false
        }
        if resumesNow { continuation.resume() }
      }
    } onCancel: {
      end()
    }
    state.withLock { $0.isSignalled = false }
  }

  private func wake(_ change: (inout State) -> Void) {
    let waiter = state.withLock { state in
      change(&state)
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }
}
