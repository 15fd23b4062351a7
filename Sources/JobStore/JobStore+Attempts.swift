import Foundation
import Jobs
import Postgres

extension JobStore {
  /// A job's attempts that gave no result, in plan order and, of one task, in their order.
  /// - Parameters:
  ///   - task: Only of the task of this name.
  ///   - after: The `next` of the page before.
  ///   - limit: Brought into `1...1000`.
  /// - Throws: ``JobStoreError/unknownJob(_:)``, ``JobStoreError/invalid(_:)``.
  public func attempts(job: UUID, task: String?, after: String?, limit: Int) async throws
    -> Page<TaskAttempt>
  {
    let limit = min(max(limit, 1), Self.maximumPage)
    let (firstTask, firstAttempt) = try Self.attemptPosition(after)
    let rows = try await pool.query(
      """
      SELECT t.id AS task_id, t.name, a.attempt, a.worker, a.outcome, a.counted, a.code, a.message,
        a.signal, a.log, a.started_at, a.ended_at
      FROM tasks t JOIN attempts a ON a.computation = t.computation
      WHERE t.job = (SELECT id FROM jobs WHERE uuid = $1) AND ($2::text IS NULL OR t.name = $2)
        AND (t.id, a.attempt) > ($3::bigint, $4::int)
      ORDER BY t.id, a.attempt LIMIT $5
      """,
      [.uuid(job), .text(task), .int(firstTask), .int(firstAttempt), .int(limit + 1)])
    if rows.isEmpty { _ = try await jobID(job.uuidString) }
    let page = rows.prefix(limit)
    var next: String?
    if rows.count > limit, let last = page.last {
      let id: Int64 = try last.decode("task_id")
      next = "\(id).\(try last.decode("attempt", as: Int32.self))"
    }
    return Page(items: try page.map(Self.attempt), next: next)
  }

  private static func attempt(_ row: PostgresRow) throws -> TaskAttempt {
    var failure: TaskFailure?
    if let code: String = try row.decode("code", as: String?.self) {
      let message: String? = try row.decode("message", as: String?.self)
      failure = TaskFailure(code: code, message: message ?? "", isRetryable: false)
    }
    return TaskAttempt(
      task: try row.decode("name"), attempt: try row.decode("attempt"),
      worker: try row.decode("worker"), outcome: try row.state("outcome"),
      isCounted: try row.decode("counted"), failure: failure, signal: try row.decode("signal"),
      log: try row.decode("log"), startedAt: try row.decode("started_at"),
      endedAt: try row.decode("ended_at"))
  }

  /// `TASK.ATTEMPT`, as a page's `next` says it.
  private static func attemptPosition(_ after: String?) throws -> (Int64, Int32) {
    guard let after else { return (0, 0) }
    let parts = after.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let task = Int64(parts[0]), let attempt = Int32(parts[1]) else {
      throw JobStoreError.invalid("after: '\(after.prefix(80))' is not the `next` of a page")
    }
    return (task, attempt)
  }
}
