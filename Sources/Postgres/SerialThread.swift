import Foundation
import Synchronization

/// One thread that does what it is given in order: blocking calls never touch the cooperative pool.
final class SerialThread: Sendable {
  private struct State {
    var queue: [@Sendable () -> Void] = []
    var isEnded = false
  }

  private let state = Mutex(State())
  private let signal = DispatchSemaphore(value: 0)

  init(name: String) {
    let thread = Thread { [self] in loop() }
    thread.name = name
    thread.stackSize = 512 << 10
    thread.start()
  }

  /// Runs `work` on the thread and waits for its result without blocking the caller's thread.
  func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws
    -> Result
  {
    try await withCheckedThrowingContinuation { continuation in
      let isTaken = post { continuation.resume(with: Swift.Result { try work() }) }
      if !isTaken {
        continuation.resume(
          throwing: PostgresError(message: "the connection is closed", isConnectionLost: true))
      }
    }
  }

  /// Runs `work` and then ends the thread; nothing is taken after it.
  func end(after work: @escaping @Sendable () -> Void) {
    post(work, isLast: true)
  }

  @discardableResult
  private func post(_ work: @escaping @Sendable () -> Void, isLast: Bool = false) -> Bool {
    let isTaken = state.withLock { state in
      if state.isEnded { return false }
      state.queue.append(work)
      state.isEnded = isLast
      return true
    }
    if isTaken { signal.signal() }
    return isTaken
  }

  private func loop() {
    while true {
      signal.wait()
      let (work, isOver) = state.withLock { state in
        let work = state.queue.isEmpty ? nil : state.queue.removeFirst()
        return (work, state.isEnded && state.queue.isEmpty)
      }
      work?()
      if isOver { return }
    }
  }
}
