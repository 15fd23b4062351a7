import Foundation
import Jobs
import Postgres

extension JobStore {
  /// Removes one batch of what the policy does not keep. Never touches a job that has not ended, a
  /// result that such a job uses, or what a published artifact's provenance needs. Any process may
  /// call it at any time; two at once do no harm.
  ///
  /// - Parameter limit: At most so many rows of each table, so that no transaction gets long.
  /// - Returns: What was removed; nothing when all is done.
  public func prune(_ policy: RetentionPolicy, limit: Int) async throws -> PruneReport {
    let limit = max(limit, 1)
    var report = PruneReport()
    try await beginPruning(policy, limit)
    report.events = try await pool.query(
      """
      DELETE FROM events WHERE id IN (
        SELECT e.id FROM jobs j JOIN events e ON e.job = j.id
        WHERE j.pruning_since IS NOT NULL AND j.pruned_at IS NULL LIMIT $1)
      RETURNING id
      """, [.int(limit)]
    ).count
    let tasks = try await pruneTasks(limit)
    report.tasks = tasks.tasks
    report.computations = tasks.computations
    report.jobs = try await finishPruning(limit)
    report.blobs = try await pruneBlobs(policy, limit)
    let loose: [PostgresValue] = [.double(policy.looseSeconds), .int(limit)]
    report.sessions = try await pool.query(
      """
      DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions s
        WHERE ended_at < clock_timestamp() - make_interval(secs => $1)
          AND NOT EXISTS (SELECT FROM computations WHERE session = s.id AND state = 'leased')
        ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
      RETURNING id
      """, loose
    ).count
    report.idempotencyKeys = try await pool.query(
      """
      DELETE FROM idempotency_keys WHERE (token, key) IN (
        SELECT token, key FROM idempotency_keys
        WHERE created_at < clock_timestamp() - make_interval(secs => $1)
        ORDER BY token, key LIMIT $2 FOR UPDATE SKIP LOCKED)
      RETURNING job
      """, loose
    ).count
    return report
  }

  private static let reportKinds = PostgresValue.textArray(
    JobReport.kinds.map(\.rawValue).sorted())

  /// Of a job past its retention: whether nothing needs the task `t`; kinds in reports are `$2`.
  private static let isUnneeded = """
    NOT (t.state = 'succeeded' AND t.kind = ANY ($2::text[])
      AND EXISTS (SELECT FROM artifact_versions WHERE job = t.job))
    """

  /// From here on the jobs cannot be retried, so that their tasks can go in batches.
  private func beginPruning(_ policy: RetentionPolicy, _ limit: Int) async throws {
    _ = try await pool.query(
      """
      UPDATE jobs SET pruning_since = clock_timestamp() WHERE id IN (
        SELECT id FROM jobs
        WHERE finished_at < clock_timestamp() - make_interval(secs => $1)
          AND pruning_since IS NULL AND state IN ('succeeded', 'failed', 'cancelled')
        ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED)
      """, [.double(policy.jobSeconds), .int(limit)])
  }

  /// What nothing needs of jobs past their retention, and the computations that nobody else knows.
  private func pruneTasks(_ limit: Int) async throws -> (tasks: Int, computations: Int) {
    try await pool.transaction { connection in
      let rows = try await connection.query(
        """
        DELETE FROM tasks WHERE id IN (
          SELECT t.id FROM jobs j JOIN tasks t ON t.job = j.id
          WHERE j.pruning_since IS NOT NULL AND j.pruned_at IS NULL AND \(Self.isUnneeded)
          LIMIT $1)
        RETURNING computation
        """, [.int(limit), Self.reportKinds])
      return (rows.count, try await Self.deleteUnused(rows, connection))
    }
  }

  /// Jobs that have nothing left to lose: those that an artifact came from stay, the others go.
  private func finishPruning(_ limit: Int) async throws -> Int {
    try await pool.transaction { connection in
      let rows = try await connection.query(
        """
        SELECT j.id, EXISTS (SELECT FROM artifact_versions WHERE job = j.id) AS is_kept
        FROM jobs j
        WHERE pruning_since IS NOT NULL AND pruned_at IS NULL
          AND NOT EXISTS (SELECT FROM events WHERE job = j.id)
          AND NOT EXISTS (SELECT FROM tasks t WHERE t.job = j.id AND \(Self.isUnneeded))
        ORDER BY j.id LIMIT $1 FOR UPDATE OF j SKIP LOCKED
        """, [.int(limit), Self.reportKinds])
      let (kept, gone) = try rows.partitioned { try $0.decode("is_kept", as: Bool.self) }
      let keptJobs = PostgresValue.intArray(try kept.map { try $0.decode("id", as: Int64.self) })
      try await connection.query(
        """
        DELETE FROM task_payloads WHERE task IN (
          SELECT id FROM tasks WHERE job = ANY ($1::bigint[]))
        """, [keptJobs])
      try await connection.query(
        "UPDATE jobs SET pruned_at = clock_timestamp() WHERE id = ANY ($1::bigint[])", [keptJobs])
      let removed = try await connection.query(
        "DELETE FROM jobs WHERE id = ANY ($1::bigint[]) RETURNING id",
        [.intArray(try gone.map { try $0.decode("id", as: Int64.self) })])
      return removed.count
    }
  }

  /// Removes the computations of `rows` that no task knows any more, with their attempts. They are
  /// found by their last tasks: an index by age would cost every completion.
  private static func deleteUnused(_ rows: [PostgresRow], _ connection: PostgresConnection)
    async throws -> Int
  {
    let ids = Set(try rows.compactMap { try $0.decode("computation", as: Int64?.self) })
    guard !ids.isEmpty else { return 0 }
    let locked = try await connection.query(
      """
      SELECT id FROM computations
      WHERE id = ANY ($1::bigint[]) AND state IN ('succeeded', 'failed', 'cancelled')
      ORDER BY id FOR UPDATE SKIP LOCKED
      """, [.intArray(ids.sorted())])
    // Who begins to use one locks it first, so what is unused now stays so.
    return try await connection.query(
      """
      DELETE FROM computations c WHERE id = ANY ($1::bigint[])
        AND NOT EXISTS (SELECT FROM tasks WHERE computation = c.id)
      RETURNING id
      """, [.intArray(try locked.map { try $0.decode("id", as: Int64.self) })]
    ).count
  }

  /// Uploads that were never finished, and what is used no more.
  private func pruneBlobs(_ policy: RetentionPolicy, _ limit: Int) async throws -> Int {
    let cut = try await pool.query(
      "SELECT (clock_timestamp() - make_interval(secs => $1))::text AS cut",
      [.double(max(policy.looseSeconds, 0))])
    guard let cut = try cut.first?.decode("cut", as: String.self) else { return 0 }
    while true {
      let (examined, removed) = try await pruneBlobs(policy, untouchedSince: cut, limit)
      if removed > 0 || examined == 0 { return removed }
    }
  }

  private func pruneBlobs(
    _ policy: RetentionPolicy, untouchedSince cut: String, _ limit: Int
  ) async throws -> (examined: Int, removed: Int) {
    try await pool.transaction { connection in
      let rows = try await connection.query(
        """
        SELECT id FROM blobs WHERE touched_at < $1::timestamptz
        ORDER BY touched_at LIMIT $2 FOR UPDATE SKIP LOCKED
        """, [.text(cut), .int(limit)])
      let ids = PostgresValue.intArray(try rows.map { try $0.decode("id", as: Int64.self) })
      let recent = "clock_timestamp() - make_interval(secs => $1)"
      // A statement of its own: it sees who began to refer to one before it was locked.
      let removed = try await connection.query(
        """
        DELETE FROM blobs b WHERE id = ANY ($3::bigint[]) AND (digest IS NULL OR NOT (
          EXISTS (SELECT FROM artifact_files WHERE digest = b.digest)
          OR EXISTS (
            SELECT FROM computations c WHERE c.result = b.digest AND (
              c.finished_at >= \(recent)
              OR EXISTS (
                SELECT FROM tasks t JOIN jobs j ON j.id = t.job
                WHERE t.computation = c.id AND (
                  j.state <> 'succeeded' OR t.kind = ANY ($2::text[])
                  OR t.finished_at >= \(recent) OR j.finished_at >= \(recent)))))))
        RETURNING id
        """, [.double(policy.resultSeconds), Self.reportKinds, ids])
      // What stays is looked at again after the same time, not with every batch.
      try await connection.query(
        "UPDATE blobs SET touched_at = clock_timestamp() WHERE id = ANY ($1::bigint[])", [ids])
      return (rows.count, removed.count)
    }
  }
}
