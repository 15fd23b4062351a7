import Synchronization

/// Ends waits that nobody signalled. A timer for each of thousands of long polls costs more than
/// the polls do: those of a second and more go off together, up to a tick late.
final class Alarms: Sendable {
  static let shared = Alarms()

  /// What was set, to be cancelled when it is no longer wanted.
  enum Alarm: Sendable {
    case tick(Int, ObjectIdentifier)
    case timer(Task<Void, Never>)

    func cancel() {
      switch self {
      case .tick(let tick, let key): Alarms.shared.cancel(tick, key)
      case .timer(let timer): timer.cancel()
      }
    }
  }

  private struct State {
    var due: [Int: [ObjectIdentifier: Subscription]] = [:]
    var isTicking = false
  }

  private static let tick = Duration.milliseconds(100)
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  private init() {}

  /// Signals `subscription` after a time.
  func set(for subscription: Subscription, after time: Duration) -> Alarm {
    guard time >= .seconds(1) else {
      return .timer(
        Task {
          do { try await Task.sleep(for: time) } catch { return }
          subscription.signal()
        })
    }
    let tick = number(at: .now + time) + 1
    let key = ObjectIdentifier(subscription)
    let begins = state.withLock { state in
      state.due[tick, default: [:]][key] = subscription
      defer { state.isTicking = true }
      return !state.isTicking
    }
    if begins { Task { await run() } }
    return .tick(tick, key)
  }

  private func cancel(_ tick: Int, _ key: ObjectIdentifier) {
    state.withLock { state in
      state.due[tick]?[key] = nil
      if state.due[tick]?.isEmpty == true { state.due[tick] = nil }
    }
  }

  private func number(at instant: ContinuousClock.Instant) -> Int {
    Int((instant - start) / Self.tick)
  }

  /// Ticks as long as anything is set.
  private func run() async {
    while true {
      try? await Task.sleep(for: Self.tick)
      let now = number(at: .now)
      let (due, isOver) = state.withLock { state in
        let ticks = state.due.keys.filter { $0 <= now }
        let due = ticks.flatMap { state.due.removeValue(forKey: $0).map { Array($0.values) } ?? [] }
        state.isTicking = !state.due.isEmpty
        return (due, !state.isTicking)
      }
      for subscription in due { subscription.signal() }
      if isOver { return }
    }
  }
}
