import Artifacts
import CoordinatorClient
import Foundation
import Jobs
import Logging

/// An executor's result on its way to the coordinator.
struct TaskResultBytes: Sendable {
  var bytes: Data
  var digest: ContentDigest
}

/// Hands outcomes to the coordinator and does not let go until they are accepted or refused,
/// however often the coordinator restarts in between: the same attempt and digest may be sent any
/// number of times.
struct ResultDelivery: Sendable {
  /// Larger results are uploaded as blobs first.
  static let largestInline = 64 << 10

  let client: CoordinatorClient
  let session: UUID
  let state: Observed<WorkerState>
  let backoff: RetryPolicy
  let logger: Logger

  /// Delivers until done, until the attempt is lost, or until the calling Swift task is cancelled.
  func deliver(_ outcome: Result<TaskResultBytes, any Error>, of attempt: RunningAttempt) async {
    let id = attempt.id
    do {
      _ = try await state.unless {
        $0.running[id] == nil
      } run: {
        switch outcome {
        case .success(let result): try await complete(attempt, result)
        case .failure(let error): try await fail(attempt, TaskFailure(executorError: error))
        }
      }
    } catch {
      logger.debug("delivery ended", metadata: ["task": "\(attempt.name)", "error": "\(error)"])
    }
    state.update { $0.running[id] = nil }
  }

  private func complete(_ attempt: RunningAttempt, _ result: TaskResultBytes) async throws {
    let isInline = result.bytes.count <= Self.largestInline
    let request = CompleteRequest(completions: [
      .init(id: attempt.id, result: result.digest, inline: isInline ? result.bytes : nil)
    ])
    do {
      if !isInline {
        _ = try await persist(attempt) { try await client.uploadBlob(result.bytes) }
      }
      let reply = try await persist(attempt) { try await client.complete(session, request) }
      log(attempt, reply, "task done")
    } catch CoordinatorClientError.problem(let problem) {
      let isTooLarge = problem.status == 413
      try await fail(
        attempt,
        TaskFailure(
          code: isTooLarge ? "result-too-large" : "result-refused",
          message: "the coordinator refuses the result (\(result.bytes.count) bytes): "
            + problem.detail, isRetryable: !isTooLarge))
    }
  }

  private func fail(_ attempt: RunningAttempt, _ failure: TaskFailure) async throws {
    logger.warning(
      "task failed",
      metadata: [
        "task": "\(attempt.name)", "code": "\(failure.code)", "message": "\(failure.message)",
      ])
    let request = FailRequest(id: attempt.id, failure: failure)
    do {
      let reply = try await persist(attempt) { try await client.fail(session, request) }
      log(attempt, reply, "failure reported")
    } catch CoordinatorClientError.problem(let problem) {
      // It is no longer listed, so the coordinator takes it back.
      logger.error("failure not accepted", metadata: ["detail": "\(problem.detail)"])
    }
  }

  /// Repeats `call` until the coordinator has answered.
  /// - Throws: `CoordinatorClientError.problem` when it has, but not as wished; cancellation.
  private func persist<Reply: Sendable>(
    _ attempt: RunningAttempt, _ call: () async throws -> Reply
  ) async throws -> Reply {
    var tries = 0
    while true {
      tries += 1
      do {
        return try await call()
      } catch let error as CoordinatorClientError {
        try state.note(error)
        if case .problem = error, !error.isTransient { throw error }
        logger.warning(
          "coordinator did not take an outcome, trying again",
          metadata: ["task": "\(attempt.name)", "tries": "\(tries)", "error": "\(error)"])
      }
      try await Task.sleep(for: backoff.delay(after: tries))
    }
  }

  private func log(_ attempt: RunningAttempt, _ reply: FencedReply, _ message: Logger.Message) {
    if reply.refused.contains(attempt.id) {
      logger.notice("late outcome dropped", metadata: ["task": "\(attempt.name)"])
    } else {
      logger.info(message, metadata: ["task": "\(attempt.name)"])
    }
  }
}

extension Observed<WorkerState> {
  /// Takes note of what an error says about the session as a whole.
  /// - Throws: `CancellationError` when it is the session's end.
  func note(_ error: CoordinatorClientError) throws {
    guard case .problem(let problem) = error else { return }
    if problem.status == 401 || problem.status == 403 {
      update { $0.failure = WorkerError("the coordinator refuses this worker: \(problem.detail)") }
    } else if problem.type == "unknown-session" {
      update { $0.hasExpired = true }
    } else {
      return
    }
    throw CancellationError()
  }
}
