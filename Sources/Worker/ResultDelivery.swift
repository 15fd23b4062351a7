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
  static let usualPatience = Duration.seconds(120)

  let client: CoordinatorClient
  let session: UUID
  let state: Observed<WorkerState>
  let backoff: RetryPolicy
  /// A result that the coordinator has answered with an error of its own for so long is given up:
  /// it will not do better with the same bytes.
  let patience: Duration
  let journal: WorkerJournal?
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
    journal?.note(.result, session: session, attempt, digest: result.digest)
    let isInline = result.bytes.count <= Self.largestInline
    let request = CompleteRequest(completions: [
      .init(id: attempt.id, result: result.digest, inline: isInline ? result.bytes : nil)
    ])
    do {
      if !isInline {
        _ = try await persist(attempt, patience: patience) {
          try await client.uploadBlob(result.bytes)
        }
      }
      let reply = try await persist(attempt, patience: patience) {
        try await client.complete(session, request)
      }
      log(attempt, reply, "task done", .accepted, result.digest)
    } catch let error as CoordinatorClientError {
      var isTooLarge = false
      if case .problem(let problem) = error { isTooLarge = problem.status == 413 }
      try await fail(
        attempt,
        TaskFailure(
          code: isTooLarge ? "result-too-large" : "result-refused",
          message: "the coordinator refuses the result (\(result.bytes.count) bytes): \(error)",
          isRetryable: !isTooLarge))
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
      // However long it takes: until it is accepted the attempt is listed and its progress stands
      // still, so that at the latest the kind's limit ends it.
      let reply = try await persist(attempt, patience: nil) {
        try await client.fail(session, request)
      }
      log(attempt, reply, "failure reported", .failed)
    } catch CoordinatorClientError.problem(let problem) {
      // It is no longer listed, so the coordinator takes it back.
      logger.error("failure not accepted", metadata: ["detail": "\(problem.detail)"])
    }
  }

  /// Repeats `call` until the coordinator has answered.
  /// - Parameter patience: See ``patience``; nil: no end.
  /// - Throws: `CoordinatorClientError` when it has, but not as wished; cancellation.
  private func persist<Reply: Sendable>(
    _ attempt: RunningAttempt, patience: Duration?, _ call: () async throws -> Reply
  ) async throws -> Reply {
    var tries = 0
    var faultySince: ContinuousClock.Instant?
    while true {
      tries += 1
      do {
        return try await call()
      } catch let error as CoordinatorClientError {
        try state.note(error)
        if case .problem = error, !error.isTransient { throw error }
        if error.isAnswer {
          let since = faultySince ?? .now
          faultySince = since
          if let patience, ContinuousClock.now - since >= patience { throw error }
        } else {
          faultySince = nil
        }
        logger.warning(
          "coordinator did not take an outcome, trying again",
          metadata: ["task": "\(attempt.name)", "tries": "\(tries)", "error": "\(error)"])
      }
      try await Task.sleep(for: backoff.delay(after: tries))
    }
  }

  private func log(
    _ attempt: RunningAttempt, _ reply: FencedReply, _ message: Logger.Message,
    _ event: WorkerJournal.Event, _ digest: ContentDigest? = nil
  ) {
    let isRefused = reply.refused.contains(attempt.id)
    journal?.note(isRefused ? .refused : event, session: session, attempt, digest: digest)
    if isRefused {
      logger.notice("late outcome dropped", metadata: ["task": "\(attempt.name)"])
    } else {
      logger.info(message, metadata: ["task": "\(attempt.name)"])
    }
  }
}

extension CoordinatorClientError {
  /// Whether it was answered and the answer may be the same again, unlike that of a coordinator that
  /// is away, overloaded or without its database.
  fileprivate var isAnswer: Bool {
    switch self {
    case .problem(let problem): ![429, 502, 503, 504].contains(problem.status)
    case .invalidReply: true
    case .unreachable, .localFile: false
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
