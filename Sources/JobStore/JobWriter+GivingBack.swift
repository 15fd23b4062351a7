import Foundation
import Jobs
import Postgres

/// What is known about an attempt's end, beside what it means for the state.
struct AttemptReport {
  /// What the worker reported; nil where it could not.
  var failure: TaskFailure?
  /// What was seen of its worker's death.
  var crash: CrashReport?
}

extension JobWriter {
  /// Ends attempts of leased computations, locked by us, without a result: they are ready again,
  /// with exponential backoff and jitter after a failure, or fail for good, as ``Computation`` says.
  /// - Returns: How many failed for good.
  @discardableResult
  mutating func giveBack(
    _ computations: [LockedComputation], _ end: AttemptEnd, _ report: AttemptReport = .init()
  ) async throws -> Int {
    var ready: [(id: Int64, row: Computation, pause: Double)] = []
    var exhausted: [LockedComputation] = []
    for computation in computations {
      guard let session = computation.session,
        let (next, actions) = computation.row.after(
          .ended(end, by: session, attempt: computation.attempt))
      else { continue }
      for action in actions {
        switch action {
        case .offer(let failures):
          let pause = RetryPause.seconds(
            afterFailures: failures, fraction: Double.random(in: 0...1))
          ready.append((computation.id, next, pause))
        case .failTasks: exhausted.append(computation)
        case .tell(let session): news.insert(.session(session))
        case .record, .succeedTasks: break
        }
      }
    }
    guard !ready.isEmpty || !exhausted.isEmpty else { return 0 }
    try await recordAttempts(ready.map(\.id) + exhausted.map(\.id), end, report)
    try await connection.query(
      """
      UPDATE computations c SET state = 'ready', session = NULL, leased_at = NULL, progress = 0,
        tries = d.tries, is_suspect = d.is_suspect = 1, ready_at = clock_timestamp(),
        not_before = clock_timestamp() + make_interval(secs => d.pause)
      FROM unnest($1::bigint[], $2::int[], $3::int[], $4::float8[])
        AS d (id, tries, is_suspect, pause)
      WHERE c.id = d.id
      """,
      [
        .intArray(ready.map(\.id)), .intArray(ready.map(\.row.tries)),
        .intArray(ready.map { $0.row.isSuspect ? 1 : 0 }), .doubleArray(ready.map(\.pause)),
      ])
    if !ready.isEmpty { news.insert(.ready) }
    try await recordReturn(ready.map(\.id), end, report)
    var failures: [(id: Int64, failure: TaskFailure)] = []
    for computation in exhausted {
      failures.append(
        (computation.id, try await finalFailure(of: computation, after: end, report)))
    }
    try await failComputations(failures)
    return exhausted.count
  }

  private func recordAttempts(_ ids: [Int64], _ end: AttemptEnd, _ report: AttemptReport)
    async throws
  {
    try await connection.query(
      """
      INSERT INTO attempts (computation, attempt, session, worker, started_at, outcome, code,
        message, signal, log, counted)
      SELECT c.id, c.attempt, c.session, s.worker, c.leased_at, $2, $3, $4, $5, $6, $7
      FROM computations c LEFT JOIN sessions s ON s.id = c.session WHERE c.id = ANY ($1::bigint[])
      ON CONFLICT DO NOTHING
      """,
      [
        .intArray(ids), .text(end.outcome.rawValue), .text(report.failure?.code),
        .text(report.failure?.message), .text(report.crash?.signal), .text(report.crash?.log),
        .bool(end.countsAsTry),
      ])
  }

  private mutating func recordReturn(_ ids: [Int64], _ end: AttemptEnd, _ report: AttemptReport)
    async throws
  {
    let rows = try await connection.query(
      """
      SELECT t.job, t.name, c.attempt FROM tasks t JOIN computations c ON c.id = t.computation
      WHERE c.id = ANY ($1::bigint[]) AND t.state = 'active' ORDER BY t.id
      """, [.intArray(ids)])
    // A job that joined since the locks were taken.
    try await lockJobs(Set(try rows.map { try $0.decode("job") }))
    for row in rows {
      let attempt = try row.decode("attempt", as: Int.self)
      let (event, reason) =
        switch end {
        case .failed:
          ("retried", report.failure.map { "\($0.code): \($0.message)" } ?? "failed")
        case .crashed(let isAlone):
          (
            "rescued",
            (report.crash.map { "its worker died of \($0.signal)" }
              ?? "its worker was silent for too long")
              + (isAlone ? "" : "; it was not alone there, so it is tried alone")
          )
        case .frozen: ("rescued", "its progress stood still for too long")
        case .released: ("released", "its worker gave it back")
        case .unlisted: ("rescued", "its worker does not know of it")
        }
      record(
        event, job: try row.decode("job"), task: try row.decode("name"),
        "attempt \(attempt): \(reason)")
    }
  }

  private func finalFailure(
    of computation: LockedComputation, after end: AttemptEnd, _ report: AttemptReport
  ) async throws -> TaskFailure {
    if let failure = report.failure { return failure }
    guard end.outcome == .crashed else {
      return TaskFailure(
        code: "frozen", message: "made no progress for too long, \(computation.tries) times",
        isRetryable: false)
    }
    let deaths = try await connection.query(
      """
      SELECT worker, signal, log FROM attempts
      WHERE computation = $1 AND outcome = 'crashed' AND counted ORDER BY attempt DESC LIMIT $2
      """, [.int(computation.id), .int(computation.tries)])
    let list = try deaths.reversed().map { death in
      let signal: String? = try death.decode("signal", as: String?.self)
      let worker: String? = try death.decode("worker", as: String?.self)
      return "\(signal ?? "silence") on \(worker ?? "unknown")"
    }
    let log: String? = try deaths.first?.decode("log", as: String?.self)
    let lastLine = log?.split(separator: "\n").last.map {
      "; its last line was '\($0.prefix(300))'"
    }
    return TaskFailure(
      code: "crashed",
      message:
        "the worker died or was cut off each of the \(computation.tries) times this was tried"
        + (list.isEmpty ? "" : " (\(list.joined(separator: ", ")))") + (lastLine ?? "")
        + ": `nnlut status JOB` shows each time; look at the workers' logs and at their memory",
      isRetryable: false)
  }
}
