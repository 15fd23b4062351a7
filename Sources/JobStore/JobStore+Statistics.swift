import Foundation
import Jobs
import Postgres

extension JobStore {
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
        SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'computations'::regclass) AS dead, (
        SELECT max(number) FROM schema_migrations) AS migration
      """)
    var statistics = StoreStatistics(
      ready: [:], leased: [:], jobs: [:], sessions: [:], slots: [:], oldestReadySeconds: nil,
      oldestSnapshotSeconds: try database.first?.decode("snapshot"),
      deadRows: try database.first?.decode("dead", as: Int?.self) ?? 0,
      migration: try database.first?.decode("migration", as: Int?.self) ?? 0, pool: pool.usage)
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
