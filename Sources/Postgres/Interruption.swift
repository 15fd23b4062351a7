import Dispatch
import Synchronization

/// Lets a cancelled task stop its statement, and no other: the server is asked only while this very
/// statement runs, and the statement does not count as over while the asking is under way.
final class Interruption: Sendable {
  private enum State {
    case waiting, running, asking, ended, cancelled
  }

  private let handle: CancelHandle
  private let state = Mutex(State.waiting)
  private let asked = DispatchSemaphore(value: 0)
  /// Asking opens a connection and blocks.
  private static let queue = DispatchQueue(label: "postgres.cancel", attributes: .concurrent)

  init(_ handle: CancelHandle) { self.handle = handle }

  /// On the connection's thread, before the statement; false when it must not begin.
  func begin() -> Bool {
    state.withLock { state in
      guard case .waiting = state else { return false }
      state = .running
      return true
    }
  }

  /// On the connection's thread, after the statement.
  func end() {
    let isAsking = state.withLock { state in
      defer { state = .ended }
      if case .asking = state { return true }
      return false
    }
    if isAsking { asked.wait() }
  }

  func cancel() {
    let isRunning = state.withLock { state in
      switch state {
      case .waiting:
        state = .cancelled
        return false
      case .running:
        state = .asking
        return true
      case .asking, .ended, .cancelled: return false
      }
    }
    guard isRunning else { return }
    Self.queue.async { [self] in
      handle.cancel()
      asked.signal()
    }
  }
}
