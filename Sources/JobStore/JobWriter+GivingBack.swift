import Foundation
import Jobs
import Postgres

/// How an attempt ended without a result.
enum AttemptOutcome: String {
  /// The worker reported a failure.
  case failed
  /// The worker was silent for too long.
  case crashed
  /// The progress stood still for too long.
  case frozen
  /// The worker gave it back.
  case released
  /// The worker never knew that it had it.
  case unlisted

  /// Whether the attempt counts against the kind's limit.
  var countsAsTry: Bool {
    switch self {
    case .failed, .crashed, .frozen: true
    case .released, .unlisted: false
    }
  }
}

extension JobWriter {
  /// The longest pause before another try.
  static let longestBackoffSeconds = 60.0

  /// Makes leased computations, locked by us, ready again, with exponential backoff and jitter after
  /// a failure; one whose tries are used up fails for good.
  /// - Parameter failure: What the worker reported; nil where it could not.
  /// - Returns: How many failed for good.
  @discardableResult
  mutating func giveBack(
    _ computations: [LockedComputation], _ outcome: AttemptOutcome, failure: TaskFailure? = nil
  ) async throws -> Int {
    guard !computations.isEmpty else { return 0 }
    try await recordAttempts(computations, outcome, failure)
    let (ready, exhausted) = computations.partitioned { computation in
      !outcome.countsAsTry
        || (failure?.isRetryable != false && computation.tries < computation.kind.maximumTries)
    }
    let pauses = ready.map { computation in
      // A crash says nothing about the task, so the first one does not delay it.
      let doublings = computation.tries - (outcome == .failed ? 1 : 2)
      guard outcome.countsAsTry, doublings >= 0 else { return 0.0 }
      return min(Self.longestBackoffSeconds, exp2(Double(doublings))) * Double.random(in: 0.5...1)
    }
    try await connection.query(
      """
      UPDATE computations c SET state = 'ready', session = NULL, leased_at = NULL, progress = 0,
        tries = c.tries - $3::int, ready_at = clock_timestamp(),
        not_before = clock_timestamp() + make_interval(secs => d.pause)
      FROM unnest($1::bigint[], $2::float8[]) AS d (id, pause) WHERE c.id = d.id
      """,
      [.intArray(ready.map(\.id)), .doubleArray(pauses), .int(outcome.countsAsTry ? 0 : 1)])
    if !ready.isEmpty { news.insert(.ready) }
    try await recordReturn(ready, outcome, failure)
    for computation in computations {
      if let session = computation.session { news.insert(.session(session)) }
    }
    try await failComputations(
      exhausted.map { ($0.id, failure ?? Self.failure(after: outcome, tries: $0.tries)) })
    return exhausted.count
  }

  private static func failure(after outcome: AttemptOutcome, tries: Int) -> TaskFailure {
    outcome == .frozen
      ? TaskFailure(
        code: "frozen", message: "made no progress for too long, \(tries) times", isRetryable: false
      )
      : TaskFailure(
        code: "crashed",
        message: "the worker died or was cut off each of the \(tries) times this was tried: look "
          + "at the workers' logs and at their memory", isRetryable: false)
  }

  private func recordAttempts(
    _ computations: [LockedComputation], _ outcome: AttemptOutcome, _ failure: TaskFailure?
  ) async throws {
    try await connection.query(
      """
      INSERT INTO attempts
        (computation, attempt, session, worker, started_at, outcome, code, message)
      SELECT c.id, c.attempt, c.session, s.worker, c.leased_at, $2, $3, $4
      FROM computations c LEFT JOIN sessions s ON s.id = c.session WHERE c.id = ANY ($1::bigint[])
      ON CONFLICT DO NOTHING
      """,
      [
        .intArray(computations.map(\.id)), .text(outcome.rawValue), .text(failure?.code),
        .text(failure?.message),
      ])
  }

  private mutating func recordReturn(
    _ computations: [LockedComputation], _ outcome: AttemptOutcome, _ failure: TaskFailure?
  ) async throws {
    let rows = try await connection.query(
      """
      SELECT t.job, t.name, c.attempt FROM tasks t JOIN computations c ON c.id = t.computation
      WHERE c.id = ANY ($1::bigint[]) AND t.state = 'active' ORDER BY t.id
      """, [.intArray(computations.map(\.id))])
    // A job that joined since the locks were taken.
    try await lockJobs(Set(try rows.map { try $0.decode("job") }))
    for row in rows {
      let attempt = try row.decode("attempt", as: Int.self)
      let (event, reason) =
        switch outcome {
        case .failed:
          ("retried", failure.map { "\($0.code): \($0.message)" } ?? "failed")
        case .crashed: ("rescued", "its worker was silent for too long")
        case .frozen: ("rescued", "its progress stood still for too long")
        case .released: ("released", "its worker gave it back")
        case .unlisted: ("rescued", "its worker does not know of it")
        }
      record(
        event, job: try row.decode("job"), task: try row.decode("name"),
        "attempt \(attempt): \(reason)")
    }
  }
}
