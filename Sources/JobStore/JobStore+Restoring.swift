import Foundation
import Postgres

extension JobStore {
  /// Attempts of the time after the backup, of which a restored database knows nothing, have
  /// smaller numbers than those to come.
  private static let attemptGap = 1000
  private static let eventGap = 1_000_000

  /// After a restore from a backup, before any coordinator starts: all worker sessions end, what
  /// they held is ready again and not counted as tried, and attempts and events go on with numbers
  /// that were not given out before, so that late writes of workers that outlived the old database
  /// are refused. May be repeated.
  public func restored() async throws {
    let live = try await pool.query("SELECT id FROM sessions WHERE ended_at IS NULL ORDER BY id")
    for row in live { try await endSession(try row.decode("id")) }
    // Leases whose session is not in the backup.
    _ = try await rescue(leaseSeconds: nil)
    try await pool.transaction { connection in
      try await connection.query(
        """
        UPDATE computations SET attempt = attempt + $1
        WHERE id IN (
          SELECT id FROM computations WHERE state IN ('ready', 'leased') ORDER BY id FOR UPDATE)
        """, [.int(Self.attemptGap)])
      try await connection.query("DELETE FROM leases")
      try await connection.query(
        """
        SELECT setval(
          pg_get_serial_sequence('events', 'id'), nextval(pg_get_serial_sequence('events', 'id'))
            + $1::bigint)::bigint AS next
        """, [.int(Self.eventGap)])
    }
    logger.notice("restored", metadata: ["endedSessions": "\(live.count)"])
  }
}
