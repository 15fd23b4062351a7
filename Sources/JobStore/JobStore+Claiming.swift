import Artifacts
import Foundation
import Jobs
import Postgres

extension JobStore {
  /// Leases up to `limit` ready computations to a session, in order of priority and fair share;
  /// only kinds and code versions that the session named. A draining session gets none.
  ///
  /// - Parameter limit: Brought into `1...100`.
  /// - Throws: ``JobStoreError/unknownSession(_:)`` when the session is unknown or has ended.
  public func claim(session: UUID, limit: Int) async throws -> [ClaimedTask] {
    // Not repeated when the connection is lost: what it may have leased is not listed by the
    // session and comes back after some seconds.
    let rows = try await pool.withConnection { connection in
      let rows = try await connection.query(
        Self.claimStatement, [.uuid(session), .int(min(max(limit, 1), 100))])
      if rows.isEmpty { try await Self.checkSession(session, connection) }
      return rows
    }
    var tasks: [ClaimedTask] = []
    var first: Set<Int64> = []
    for row in rows {
      tasks.append(try Self.claimedTask(row))
      if try row.decode("is_first") { first.insert(try row.decode("id")) }
    }
    tasks = try await keepSuspectsAlone(tasks, session: session)
    try await markRunning(tasks.map(\.id.computation).filter(first.contains))
    return tasks
  }

  /// One statement. A task always waits on a ready computation: who takes the last one away cancels
  /// the computation in the same transaction, under its row lock.
  static let claimStatement = """
    WITH me AS (
      SELECT kinds FROM sessions
      WHERE id = $1 AND ended_at IS NULL AND NOT is_draining FOR KEY SHARE
    ), chosen AS (
      SELECT id FROM computations
      WHERE state = 'ready' AND not_before <= now()
        AND kind || ' ' || code_version = ANY ((SELECT kinds FROM me)::text[])
      ORDER BY priority DESC, virtual_start, id
      LIMIT $2 FOR UPDATE SKIP LOCKED
    ), claimed AS (
      UPDATE computations c SET state = 'leased', attempt = c.attempt + 1, tries = c.tries + 1,
        session = $1, leased_at = clock_timestamp(), progress_at = clock_timestamp(),
        progress = 0, unlisted_at = NULL
      FROM chosen WHERE c.id = chosen.id
      RETURNING c.id, c.attempt, c.priority, c.virtual_start, c.is_suspect
    )
    SELECT c.id, c.attempt, c.is_suspect, t.name, j.uuid, p.parameters, p.sources, EXISTS (
        SELECT FROM tasks w JOIN jobs q ON q.id = w.job
        WHERE w.computation = c.id AND w.state = 'active' AND q.state = 'queued') AS is_first, (
        SELECT string_agg(encode(parent.result, 'hex') || ' ' || e.input, E'\\n')
        FROM task_edges e JOIN tasks parent ON parent.id = e.parent WHERE e.child = t.id) AS inputs
    FROM claimed c
    JOIN LATERAL (
      SELECT id, job, name FROM tasks WHERE computation = c.id AND state = 'active'
      ORDER BY id LIMIT 1) t ON true
    JOIN jobs j ON j.id = t.job
    JOIN task_payloads p ON p.task = t.id
    ORDER BY c.priority DESC, c.virtual_start, c.id
    """

  private static func claimedTask(_ row: PostgresRow) throws -> ClaimedTask {
    var inputs: [String: ContentDigest] = [:]
    let lines: String? = try row.decode("inputs", as: String?.self)
    for line in (lines ?? "").split(separator: "\n") {
      inputs[String(line.dropFirst(65))] = ContentDigest("sha256:" + line.prefix(64))
    }
    return ClaimedTask(
      id: AttemptID(computation: try row.decode("id"), attempt: try row.decode("attempt")),
      job: try row.decode("uuid"), name: try row.decode("name"),
      parameters: try ResultDocument.decode(
        TaskParameters.self, from: Data(try row.decode("parameters", as: String.self).utf8)),
      inputs: inputs,
      sources: try ResultDocument.decode(
        [ContentDigest: String].self, from: Data(try row.decode("sources", as: String.self).utf8)),
      runsAlone: try row.decode("is_suspect"))
  }

  /// Of tasks among which one was with others in a process that died: that one, the rest given back.
  private func keepSuspectsAlone(_ tasks: [ClaimedTask], session: UUID) async throws
    -> [ClaimedTask]
  {
    guard tasks.count > 1, let suspect = tasks.first(where: \.runsAlone) else { return tasks }
    _ = try await release(session: session, tasks.map(\.id).filter { $0 != suspect.id })
    return [suspect]
  }

  private static func checkSession(_ session: UUID, _ connection: PostgresConnection) async throws {
    let rows = try await connection.query(
      "SELECT 1 AS live FROM sessions WHERE id = $1 AND ended_at IS NULL", [.uuid(session)])
    if rows.isEmpty { throw JobStoreError.unknownSession(session) }
  }

  /// In a transaction of its own: a claim holds computations, and jobs are locked before those.
  private func markRunning(_ computations: [Int64]) async throws {
    guard !computations.isEmpty else { return }
    try await write { writer in
      try await writer.lockJobs(ofComputations: computations)
      let rows = try await writer.connection.query(
        """
        SELECT DISTINCT t.job FROM tasks t JOIN computations c ON c.id = t.computation
        WHERE c.id = ANY ($1::bigint[]) AND c.state = 'leased' AND t.state = 'active'
        """, [.intArray(computations)])
      try await writer.start(Set(try rows.map { try $0.decode("job") }))
    }
  }
}
