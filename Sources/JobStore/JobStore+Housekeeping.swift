import Foundation
import Jobs
import Postgres

extension JobStore {
  /// Removes what nothing refers to: blobs that are neither a result nor an artifact's file, ended
  /// sessions that hold nothing, idempotency keys.
  ///
  /// - Parameters:
  ///   - seconds: Only what is older. Longer than any upload takes until it is completed.
  ///   - limit: At most so many of each, so that no transaction gets long.
  public func prune(olderThan seconds: Double, limit: Int) async throws -> PruneReport {
    let parameters: [PostgresValue] = [.double(seconds), .int(max(limit, 1))]
    let blobs = try await pool.query(
      """
      DELETE FROM blobs WHERE id IN (
        SELECT id FROM blobs b
        WHERE touched_at < clock_timestamp() - make_interval(secs => $1)
          AND (digest IS NULL OR NOT (
            EXISTS (SELECT FROM computations WHERE result = b.digest)
            OR EXISTS (SELECT FROM artifact_files WHERE digest = b.digest)))
        ORDER BY touched_at LIMIT $2 FOR UPDATE SKIP LOCKED)
      RETURNING id
      """, parameters)
    let sessions = try await pool.query(
      """
      DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions s
        WHERE ended_at < clock_timestamp() - make_interval(secs => $1)
          AND NOT EXISTS (SELECT FROM computations WHERE session = s.id AND state = 'leased')
        ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
      RETURNING id
      """, parameters)
    let keys = try await pool.query(
      """
      DELETE FROM idempotency_keys WHERE (token, key) IN (
        SELECT token, key FROM idempotency_keys
        WHERE created_at < clock_timestamp() - make_interval(secs => $1)
        ORDER BY token, key LIMIT $2 FOR UPDATE SKIP LOCKED)
      RETURNING job
      """, parameters)
    return PruneReport(
      blobs: blobs.count, sessions: sessions.count, idempotencyKeys: keys.count)
  }

  /// Counts and ages, for metrics.
  public func statistics() async throws -> StoreStatistics {
    let computations = try await pool.query(
      """
      SELECT kind, state, count(*) AS number,
        max(extract(epoch FROM clock_timestamp() - ready_at)) FILTER (WHERE state = 'ready')
          ::float8 AS oldest
      FROM computations WHERE state IN ('ready', 'leased') GROUP BY kind, state
      """)
    let jobs = try await pool.query("SELECT state, count(*) AS number FROM jobs GROUP BY state")
    let sessions = try await pool.query(
      """
      SELECT pool, count(*) AS number, sum(slots) AS slots FROM sessions
      WHERE ended_at IS NULL GROUP BY pool
      """)
    let database = try await pool.query(
      """
      SELECT (
        SELECT max(extract(epoch FROM clock_timestamp() - xact_start))::float8
        FROM pg_stat_activity
        WHERE datname = current_database() AND backend_xmin IS NOT NULL
          AND pid <> pg_backend_pid()) AS snapshot, (
        SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'computations'::regclass) AS dead
      """)
    var statistics = StoreStatistics(
      ready: [:], leased: [:], jobs: [:], sessions: [:], slots: [:], oldestReadySeconds: nil,
      oldestSnapshotSeconds: try database.first?.decode("snapshot"),
      deadRows: try database.first?.decode("dead", as: Int?.self) ?? 0)
    for row in computations {
      let state: ComputationState = try row.state("state")
      let number: Int = try row.decode("number")
      if state == .ready {
        statistics.ready[try row.kind("kind")] = number
        if let oldest: Double = try row.decode("oldest", as: Double?.self) {
          statistics.oldestReadySeconds = max(statistics.oldestReadySeconds ?? 0, oldest)
        }
      } else {
        statistics.leased[try row.kind("kind")] = number
      }
    }
    for row in jobs { statistics.jobs[try row.state("state")] = try row.decode("number") }
    for row in sessions {
      statistics.sessions[try row.decode("pool")] = try row.decode("number")
      statistics.slots[try row.decode("pool")] = try row.decode("slots")
    }
    return statistics
  }
}
