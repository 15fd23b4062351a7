import Foundation
import Synchronization

/// One thread that does what it is given in order: blocking calls never touch the cooperative pool.
///
/// As a task's preferred executor it also runs what the task does between its calls, which then cost
/// no change of thread.
final class SerialThread: TaskExecutor {
  private struct State {
    var queue: [@Sendable () -> Void] = []
    var isEnded = false
  }

  private let state = Mutex(State())
  private let signal = DispatchSemaphore(value: 0)
  /// `pthread_self()` of the thread; 0 before it runs.
  private let identity = Atomic<UInt>(0)

  init(name: String) {
    let thread = Thread { [self] in loop() }
    thread.name = name
    // It also decodes what users sent.
    thread.stackSize = 2 << 20
    thread.start()
  }

  /// Runs `work` on the thread and waits for its result without blocking the caller's thread, which
  /// may be this one.
  func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws
    -> Result
  {
    if identity.load(ordering: .relaxed) == UInt(pthread_self()), !state.withLock(\.isEnded) {
      return try work()
    }
    return try await withCheckedThrowingContinuation { continuation in
      let isTaken = post { continuation.resume(with: Swift.Result { try work() }) }
      if !isTaken {
        continuation.resume(
          throwing: PostgresError(message: "the connection is closed", isConnectionLost: true))
      }
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    let isTaken = post { job.runSynchronously(on: executor) }
    // A task must go on even when the thread has ended.
    if !isTaken { DispatchQueue.global().async { job.runSynchronously(on: executor) } }
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
    identity.store(UInt(pthread_self()), ordering: .relaxed)
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
