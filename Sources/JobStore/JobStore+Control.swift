import Foundation
import Jobs
import Postgres

extension JobStore {
  /// Cancels a job: what nobody else wants stops, what is done stays. Does nothing to a job that
  /// has ended.
  /// - Parameter token: Name of the token that asks, for the audit.
  /// - Throws: ``JobStoreError/unknownJob(_:)``.
  @discardableResult
  public func cancel(job id: UUID, token: String = "") async throws -> JobStatus {
    try await write { writer in
      let job = try await writer.lockJob(id)
      guard !job.state.isFinal else { return }
      try await writer.cancelOpenTasks(job.id)
      try await writer.connection.query(
        """
        UPDATE jobs SET state = 'cancelled', open_tasks = 0, finished_at = clock_timestamp()
        WHERE id = $1
        """, [.int(job.id)])
      writer.record("cancelled", job: job.id, token.isEmpty ? "by request" : "by \(token)")
      try await writer.audit("job-cancelled", of: id.uuidString.lowercased(), by: token)
    }
    return try await job(id)
  }

  /// Goes on with a failed or cancelled job from what has succeeded.
  /// - Parameter token: Name of the token that asks, for the audit.
  /// - Throws: ``JobStoreError/unknownJob(_:)``, ``JobStoreError/jobNotRetryable(_:_:)`` or
  ///   ``JobStoreError/jobPruned(_:)``.
  @discardableResult
  public func retry(job id: UUID, token: String = "") async throws -> JobStatus {
    try await write { writer in
      let job = try await writer.lockJob(id)
      guard job.state == .failed || job.state == .cancelled else {
        throw JobStoreError.jobNotRetryable(id, job.state)
      }
      let pruned = try await writer.connection.query(
        "SELECT id FROM jobs WHERE id = $1 AND pruning_since IS NOT NULL", [.int(job.id)])
      guard pruned.isEmpty else { throw JobStoreError.jobPruned(id) }
      let rows = try await writer.connection.query(
        """
        UPDATE tasks t SET state = 'blocked', computation = NULL, is_reused = false, result = NULL,
          failure_code = NULL, failure_message = NULL, finished_at = NULL,
          pending = (
            SELECT count(*) FROM task_edges e JOIN tasks p ON p.id = e.parent
            WHERE e.child = t.id AND p.state <> 'succeeded')
        WHERE job = $1 AND state IN ('failed', 'cancelled')
        RETURNING id, pending
        """, [.int(job.id)])
      try await writer.connection.query(
        """
        UPDATE jobs SET open_tasks = $2, failure_code = NULL, failure_message = NULL,
          finished_at = NULL, state = CASE WHEN EXISTS (
            SELECT FROM tasks WHERE job = $1 AND state = 'succeeded') THEN 'running'
            ELSE 'queued' END
        WHERE id = $1
        """, [.int(job.id), .int(rows.count)])
      try await writer.audit("job-retried", of: id.uuidString.lowercased(), by: token)
      writer.record("retried", job: job.id, "\(rows.count) tasks go on")
      let ready: [Int64] = try rows.filter { try $0.decode("pending", as: Int.self) == 0 }
        .map { try $0.decode("id") }
      try await writer.advance(try await writer.activate(ready))
    }
    return try await job(id)
  }
}
