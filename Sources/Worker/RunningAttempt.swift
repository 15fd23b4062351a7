import Foundation
import Jobs
import Synchronization

/// One attempt under way: what the executor's thread and the worker's tasks share about it.
final class RunningAttempt: Sendable {
  fileprivate struct State: Sendable {
    var progress = 0.0
    var isCancelled = false
    var checkedAt: ContinuousClock.Instant?
    var longestUnheard = Duration.zero
  }

  let id: AttemptID
  /// The task's name, for people.
  let name: String
  private let state = Mutex(State())

  init(id: AttemptID, name: String) {
    self.id = id
    self.name = name
  }

  /// In `0...1`.
  var progress: Double { state.withLock(\.progress) }
  var isCancelled: Bool { state.withLock(\.isCancelled) }

  func setProgress(_ fraction: Double) {
    let clean = fraction.isFinite ? min(max(fraction, 0), 1) : 0
    state.withLock { $0.progress = clean }
  }

  /// The longest time for which the executor, since it began, would not have heard of a cancel.
  var longestUnheard: Duration { state.withLock(\.longestUnheard) }

  /// The executor finds out at its next report of progress.
  func cancel() { state.withLock { $0.isCancelled = true } }

  /// - Throws: `CancellationError` once cancelled.
  func check() throws {
    let isCancelled = state.withLock { state in
      state.hear(.now)
      return state.isCancelled
    }
    if isCancelled { throw CancellationError() }
  }

  /// The executor begins or has ended.
  func mark() { state.withLock { $0.hear(.now) } }
}

extension RunningAttempt.State {
  fileprivate mutating func hear(_ now: ContinuousClock.Instant) {
    if let checkedAt { longestUnheard = max(longestUnheard, now - checkedAt) }
    checkedAt = now
  }
}
