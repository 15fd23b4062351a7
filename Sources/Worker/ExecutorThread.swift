import Foundation
import Synchronization

/// Runs blocking work on a thread of its own: on the cooperative pool it would hold up heartbeats.
enum ExecutorThread {
  private static let stackBytes = 16 << 20

  /// Returns with the work's outcome, or with `CancellationError` as soon as the calling Swift task
  /// is cancelled; the thread then runs to its end unheeded.
  /// - Parameter ended: Called on the thread when it is done, heeded or not, before the outcome
  ///   is handed over.
  static func run<R: Sendable>(
    name: String, ended: @escaping @Sendable () -> Void, work: @escaping @Sendable () throws -> R
  ) async throws -> R {
    let handover = Handover<R>()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        handover.begin(continuation)
        let thread = Thread {
          let outcome = Result { try work() }
          ended()
          handover.finish(outcome)
        }
        thread.name = name
        thread.stackSize = stackBytes
        thread.start()
        if Task.isCancelled { handover.finish(.failure(CancellationError())) }
      }
    } onCancel: {
      handover.finish(.failure(CancellationError()))
    }
  }

  /// Resumes the continuation once.
  private final class Handover<R: Sendable>: Sendable {
    private let waiting = Mutex<CheckedContinuation<R, any Error>?>(nil)

    func begin(_ continuation: CheckedContinuation<R, any Error>) {
      waiting.withLock { $0 = continuation }
    }

    func finish(_ outcome: Result<R, any Error>) {
      let continuation = waiting.withLock { waiting in
        defer { waiting = nil }
        return waiting
      }
      continuation?.resume(with: outcome)
    }
  }
}
