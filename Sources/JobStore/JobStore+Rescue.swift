import Foundation
import Jobs
import Postgres

extension JobStore {
  /// At most this many leases are taken back in one transaction.
  private static let rescueBatch = 1000

  /// Takes work from sessions that are silent, and attempts whose progress stands still; both count
  /// as tries. Any process may call it at any time; every change is guarded.
  /// - Parameter leaseSeconds: A session silent for this long ends. Nil when sessions could not be
  ///   heard for a while, by nobody's fault: then neither silence nor progress is judged.
  public func rescue(leaseSeconds: Double?) async throws -> RescueReport {
    var report = RescueReport()
    if let leaseSeconds { report.expiredSessions = try await endSilentSessions(leaseSeconds) }
    // Leases of sessions that ended at any time: a rescue may have been interrupted here.
    let abandoned = try await pool.query(
      """
      SELECT c.id, c.attempt, count(*) OVER (PARTITION BY c.session) AS beside
      FROM computations c LEFT JOIN sessions s ON s.id = c.session
      WHERE c.state = 'leased' AND (s.id IS NULL OR s.ended_at IS NOT NULL)
      ORDER BY c.session, c.id LIMIT $1
      """, [.int(Self.rescueBatch)])
    let (alone, together) = try abandoned.partitioned {
      try $0.decode("beside", as: Int.self) == 1
    }
    for (rows, isAlone) in [(alone, true), (together, false)] {
      let (ready, failed) = try await takeBack(rows, .crashed(isAlone: isAlone))
      report.takenOver += ready
      report.failed += failed
    }
    if leaseSeconds == nil { return report }
    let frozen = try await pool.query(
      """
      SELECT c.id, c.attempt
      FROM computations c JOIN unnest($1::text[], $2::int[]) AS k (kind, seconds) ON k.kind = c.kind
      WHERE c.state = 'leased'
        AND c.progress_at < clock_timestamp() - make_interval(secs => k.seconds)
      ORDER BY c.id LIMIT $3
      """,
      [
        .textArray(TaskKind.allCases.map(\.rawValue)),
        .intArray(TaskKind.allCases.map(\.frozenProgressLimitSeconds)), .int(Self.rescueBatch),
      ])
    let (thawed, failed) = try await takeBack(frozen, .frozen)
    report.frozen = thawed
    report.failed += failed
    return report
  }

  private func endSilentSessions(_ leaseSeconds: Double) async throws -> Int {
    try await pool.query(
      """
      UPDATE sessions SET ended_at = clock_timestamp()
      WHERE ended_at IS NULL AND id IN (
        SELECT id FROM sessions
        WHERE ended_at IS NULL AND seen_at < clock_timestamp() - make_interval(secs => $1)
        ORDER BY id FOR UPDATE SKIP LOCKED)
      RETURNING id
      """, [.double(leaseSeconds)]
    ).count
  }

  /// - Returns: How many are ready again, and how many have failed for good.
  private func takeBack(_ rows: [PostgresRow], _ end: AttemptEnd) async throws
    -> (ready: Int, failed: Int)
  {
    guard !rows.isEmpty else { return (0, 0) }
    let found = try rows.map {
      AttemptID(computation: try $0.decode("id"), attempt: try $0.decode("attempt"))
    }
    return try await write { writer in
      let ids = found.map(\.computation)
      try await writer.lockJobs(ofComputations: ids)
      let locked = try await writer.lockComputations(ids)
      // An attempt is abandoned or frozen for ever, unless it ended in between.
      let held = found.compactMap { id in
        locked[id.computation].flatMap {
          $0.state == .leased && $0.attempt == id.attempt ? $0 : nil
        }
      }
      let failed = try await writer.giveBack(held, end)
      return (held.count - failed, failed)
    }
  }
}
