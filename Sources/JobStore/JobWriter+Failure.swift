import Foundation
import Jobs
import Postgres

extension JobWriter {
  /// Ends computations for good: the tasks that wait on them fail, and with them their jobs.
  mutating func failComputations(_ failures: [(id: Int64, failure: TaskFailure)]) async throws {
    guard !failures.isEmpty else { return }
    try await connection.query(
      """
      UPDATE computations SET state = 'failed', finished_at = clock_timestamp()
      WHERE id = ANY ($1::bigint[])
      """, [.intArray(failures.map(\.id))])
    let rows = try await connection.query(
      """
      UPDATE tasks t SET state = 'failed', failure_code = d.code, failure_message = d.message,
        finished_at = clock_timestamp()
      FROM unnest($1::bigint[], $2::text[], $3::text[]) AS d (computation, code, message)
      WHERE t.computation = d.computation AND t.state = 'active'
      RETURNING t.job, t.name, t.failure_code, t.failure_message
      """,
      [
        .intArray(failures.map(\.id)), .textArray(failures.map(\.failure.code)),
        .textArray(failures.map(\.failure.message)),
      ])
    // A job that joined since the locks were taken.
    try await lockJobs(Set(try rows.map { try $0.decode("job") }))
    for row in rows {
      guard let failure = try row.failure() else { continue }
      try await failJob(
        try row.decode("job"), task: try row.decode("name"), failure)
    }
  }

  /// Takes back the success of a task of a kind that is never shared: its result cannot be used.
  mutating func failFinished(_ task: FinishedTask, _ failure: TaskFailure) async throws {
    try await connection.query(
      """
      WITH undone AS (
        UPDATE tasks SET state = 'failed', result = NULL, is_reused = false, failure_code = $2,
          failure_message = $3
        WHERE id = $1 RETURNING computation)
      UPDATE computations SET state = 'failed' WHERE id = (SELECT computation FROM undone)
      """, [.int(task.id), .text(failure.code), .text(failure.message.storable)])
    try await failJob(task.job, task: task.name, failure)
  }

  private mutating func failJob(_ job: Int64, task: String, _ failure: TaskFailure) async throws {
    record("failed", job: job, task: task, "\(failure.code): \(failure.message)")
    let rows = try await connection.query(
      """
      UPDATE jobs SET state = 'failed', failure_code = $2, failure_message = $3, open_tasks = 0,
        started_at = coalesce(started_at, clock_timestamp()), finished_at = clock_timestamp()
      WHERE id = $1 AND state IN ('queued', 'running') RETURNING id
      """, [.int(job), .text(failure.code), .text("\(task): \(failure.message)".storable)])
    guard !rows.isEmpty else { return }
    try await cancelOpenTasks(job)
    record("job-failed", job: job, "\(task): \(failure.message)")
  }

  /// Cancels what of a job has not ended, and the computations that no other job wants.
  mutating func cancelOpenTasks(_ job: Int64) async throws {
    let rows = try await connection.query(
      "SELECT computation FROM tasks WHERE job = $1 AND state = 'active'", [.int(job)])
    let computations: [Int64] = try rows.map { try $0.decode("computation") }
    _ = try await lockComputations(computations)
    try await connection.query(
      """
      UPDATE tasks SET state = 'cancelled', finished_at = clock_timestamp()
      WHERE job = $1 AND state IN ('blocked', 'active')
      """, [.int(job)])
    // The attempt grows, so that what still runs is refused when it comes.
    let cancelled = try await connection.query(
      """
      WITH unwanted AS (
        SELECT id, attempt, session, leased_at FROM computations c
        WHERE id = ANY ($1::bigint[]) AND state IN ('ready', 'leased')
          AND NOT EXISTS (SELECT FROM tasks WHERE computation = c.id AND state = 'active')
      ), history AS (
        INSERT INTO attempts (computation, attempt, session, worker, started_at, outcome)
        SELECT u.id, u.attempt, u.session, s.worker, u.leased_at, 'cancelled'
        FROM unwanted u JOIN sessions s ON s.id = u.session
        ON CONFLICT DO NOTHING
      )
      UPDATE computations c SET state = 'cancelled', attempt = c.attempt + 1, session = NULL,
        finished_at = clock_timestamp()
      FROM unwanted u WHERE c.id = u.id
      RETURNING u.session
      """, [.intArray(computations)])
    for row in cancelled {
      if let session: UUID = try row.decode("session", as: UUID?.self) {
        news.insert(.session(session))
      }
    }
    try await raisePriorities(computations)
  }
}
