import Artifacts
import CoordinatorClient
import Foundation
import Synchronization

/// The coordinator as an executor's thread uses it: calls block the thread, wait out a coordinator
/// that restarts, and end when the attempt is cancelled.
struct BlockingCoordinator: Sendable {
  let client: CoordinatorClient
  let attempt: RunningAttempt
  let backoff: RetryPolicy

  func blob(_ digest: ContentDigest) throws -> Data {
    try wait { try await client.blob(digest) }
  }

  func upload(_ bytes: Data) throws -> ContentDigest {
    try wait { try await client.uploadBlob(bytes) }
  }

  private func wait<Value: Sendable>(_ call: @escaping @Sendable () async throws -> Value) throws
    -> Value
  {
    try attempt.check()
    let box = OutcomeBox<Value>()
    let done = DispatchSemaphore(value: 0)
    let task = Task {
      do {
        box.set(.success(try await backoff.untilReachable(call)))
      } catch {
        box.set(.failure(error))
      }
      done.signal()
    }
    while done.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      if attempt.isCancelled { task.cancel() }
    }
    guard let result = box.value else { throw CancellationError() }
    return try result.get()
  }
}

/// Carries an outcome from a Swift task to a waiting thread.
private final class OutcomeBox<Value: Sendable>: Sendable {
  private let outcome = Mutex<Result<Value, any Error>?>(nil)

  var value: Result<Value, any Error>? { outcome.withLock { $0 } }

  func set(_ result: Result<Value, any Error>) { outcome.withLock { $0 = result } }
}

extension RetryPolicy {
  /// Repeats `call` while the coordinator cannot be reached or is overloaded; any other error is
  /// passed on, as is cancellation.
  func untilReachable<Value>(_ call: () async throws -> Value) async throws -> Value {
    var tries = 0
    while true {
      tries += 1
      do {
        return try await call()
      } catch let error as CoordinatorClientError {
        guard error.isTransient, tries < maximumTries else { throw error }
      }
      try await Task.sleep(for: delay(after: tries))
    }
  }
}
