import Foundation
import Jobs
import Postgres

extension JobStore {
  /// A lease that its session has not listed for this long (the claim's reply was lost) returns.
  static let unlistedSeconds = 10.0

  /// Records that a session lives and how far its work is; call it once for each request, and
  /// ``news(session:running:)`` while the request waits.
  /// - Returns: What it has lost, whether it should drain, whether it has expired.
  public func heartbeat(session: UUID, running: [HeartbeatRequest.Running]) async throws
    -> HeartbeatReply
  {
    let ids = running.map(\.id)
    let reply = try await pool.transaction { connection -> HeartbeatReply in
      let alive = try await connection.query(
        """
        UPDATE sessions SET seen_at = clock_timestamp()
        WHERE id = $1 AND ended_at IS NULL RETURNING is_draining
        """, [.uuid(session)])
      guard let row = alive.first else {
        return HeartbeatReply(lost: ids, drain: false, expired: true)
      }
      try await connection.query(
        """
        UPDATE computations c SET progress = r.progress, unlisted_at = NULL,
          progress_at = CASE WHEN c.progress = r.progress THEN c.progress_at
            ELSE clock_timestamp() END
        FROM unnest($2::bigint[], $3::int[], $4::real[]) AS r (id, attempt, progress)
        WHERE c.id = r.id AND c.attempt = r.attempt
          AND (c.progress <> r.progress OR c.unlisted_at IS NOT NULL)
          AND c.id IN (
            SELECT id FROM computations
            WHERE id = ANY ($2::bigint[]) AND session = $1 AND state = 'leased'
            ORDER BY id FOR UPDATE SKIP LOCKED)
        """,
        [
          .uuid(session), .intArray(ids.map(\.computation)), .intArray(ids.map(\.attempt)),
          .doubleArray(running.map { $0.progress.isNaN ? 0 : min(max($0.progress, 0), 1) }),
        ])
      try await connection.query(
        """
        UPDATE computations SET unlisted_at = clock_timestamp()
        WHERE id IN (
          SELECT id FROM computations
          WHERE session = $1 AND state = 'leased' AND unlisted_at IS NULL
            AND id <> ALL ($2::bigint[])
          ORDER BY id FOR UPDATE SKIP LOCKED)
        """, [.uuid(session), .intArray(ids.map(\.computation))])
      return HeartbeatReply(
        lost: try await Self.lost(ids, session: session, connection),
        drain: try row.decode("is_draining"), expired: false)
    }
    if !reply.expired { try await takeBackUnlisted(session) }
    return reply
  }

  /// What a heartbeat would answer now; records nothing.
  public func news(session: UUID, running: [AttemptID]) async throws -> HeartbeatReply {
    try await pool.withConnection { connection in
      let alive = try await connection.query(
        "SELECT is_draining FROM sessions WHERE id = $1 AND ended_at IS NULL", [.uuid(session)])
      guard let row = alive.first else {
        return HeartbeatReply(lost: running, drain: false, expired: true)
      }
      return HeartbeatReply(
        lost: try await Self.lost(running, session: session, connection),
        drain: try row.decode("is_draining"), expired: false)
    }
  }

  /// Attempts that are neither this session's nor already completed by it.
  private static func lost(_ ids: [AttemptID], session: UUID, _ connection: PostgresConnection)
    async throws -> [AttemptID]
  {
    guard !ids.isEmpty else { return [] }
    let rows = try await connection.query(
      """
      SELECT r.id, r.attempt
      FROM unnest($2::bigint[], $3::int[]) AS r (id, attempt)
      WHERE NOT EXISTS (
        SELECT FROM computations c
        WHERE c.id = r.id AND c.attempt = r.attempt AND c.session = $1
          AND c.state IN ('leased', 'succeeded'))
      """,
      [.uuid(session), .intArray(ids.map(\.computation)), .intArray(ids.map(\.attempt))])
    return try rows.map {
      AttemptID(computation: try $0.decode("id"), attempt: try $0.decode("attempt"))
    }
  }

  private func takeBackUnlisted(_ session: UUID) async throws {
    let rows = try await pool.query(
      """
      SELECT id, attempt FROM computations
      WHERE session = $1 AND state = 'leased'
        AND unlisted_at < clock_timestamp() - make_interval(secs => $2)
      """, [.uuid(session), .double(Self.unlistedSeconds)])
    guard !rows.isEmpty else { return }
    let overdue = try rows.map {
      AttemptID(computation: try $0.decode("id"), attempt: try $0.decode("attempt"))
    }
    try await write { writer in
      let ids = overdue.map(\.computation)
      try await writer.lockJobs(ofComputations: ids)
      let locked = try await writer.lockComputations(ids)
      let held = overdue.filter {
        locked[$0.computation]?.isHeld(by: session, attempt: $0.attempt) == true
      }
      try await writer.giveBack(held.compactMap { locked[$0.computation] }, .unlisted)
    }
  }
}
