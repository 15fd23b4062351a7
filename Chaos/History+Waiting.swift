import Foundation
import Postgres

/// What is asked while a schedule runs.
extension History {
  struct JobRow: Sendable, CustomStringConvertible {
    var state: String
    var openTasks: Int
    var failure: String?

    /// A user would go on with it.
    var isRetryable: Bool { state == "failed" || state == "cancelled" }
    var description: String {
      "\(state), \(openTasks) open tasks" + (failure.map { ", \($0)" } ?? "")
    }
  }

  static func jobStates(_ pool: PostgresPool) async throws -> [UUID: JobRow] {
    let rows = try await pool.query(
      """
      SELECT uuid, state, open_tasks, failure_code || ': ' || failure_message AS failure FROM jobs
      """)
    var found: [UUID: JobRow] = [:]
    for row in rows {
      found[try row.decode("uuid")] = JobRow(
        state: try row.decode("state"), openTasks: try row.decode("open_tasks"),
        failure: try row.decode("failure", as: String?.self))
    }
    return found
  }

  /// The newest event of each job.
  static func lastEvents(_ pool: PostgresPool) async throws -> [UUID: Int64] {
    let rows = try await pool.query(
      "SELECT j.uuid, max(e.id) AS last FROM events e JOIN jobs j ON j.id = e.job GROUP BY j.uuid")
    var found: [UUID: Int64] = [:]
    for row in rows { found[try row.decode("uuid")] = try row.decode("last", as: Int64.self) }
    return found
  }

  static func openSessions(_ pool: PostgresPool) async throws -> [String] {
    try await pool.query(
      """
      SELECT worker || ', last seen ' || round(extract(epoch FROM clock_timestamp() - seen_at), 1)
        || ' s ago' AS what
      FROM sessions WHERE ended_at IS NULL ORDER BY worker
      """
    ).map { try $0.decode("what") }
  }

  /// What a stuck schedule looks like.
  static func evidence(_ pool: PostgresPool) async throws -> [String] {
    try await pool.query(
      """
      SELECT 'computation ' || c.id || ' ' || c.kind || ' ' || c.state || ' attempt ' || c.attempt
        || ' tries ' || c.tries || ' session ' || coalesce(c.session::text, '-') || ' not before '
        || c.not_before::text AS what
      FROM computations c WHERE c.state IN ('ready', 'leased') ORDER BY c.id LIMIT 10
      """
    ).map { try $0.decode("what") } + openSessions(pool).map { "session \($0)" }
  }
}
