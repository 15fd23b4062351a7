import Foundation
import Jobs
import Postgres

/// What one session says in a heartbeat.
public struct Heartbeat: Sendable {
  public var session: UUID
  public var running: [HeartbeatRequest.Running]

  public init(session: UUID, running: [HeartbeatRequest.Running]) {
    self.session = session
    self.running = running
  }
}

extension JobStore {
  /// A lease that its session has not listed for this long (the claim's reply was lost) returns.
  static let unlistedSeconds = 10.0

  /// Records that a session lives and how far its work is; call it once for each request, and
  /// ``news(session:running:)`` while the request waits.
  /// - Returns: What it has lost, whether it should drain, whether it has expired.
  public func heartbeat(session: UUID, running: [HeartbeatRequest.Running]) async throws
    -> HeartbeatReply
  {
    let replies = try await heartbeats([Heartbeat(session: session, running: running)])
    return replies.first
      ?? HeartbeatReply(lost: running.map(\.id), drain: false, expired: true)
  }

  /// Records the heartbeats of many sessions at once.
  /// - Returns: A reply for each, in their order.
  public func heartbeats(_ beats: [Heartbeat]) async throws -> [HeartbeatReply] {
    let sessions = Array(Set(beats.map(\.session)))
    let (draining, lost) = try await pool.transaction { connection in
      let alive = try await connection.query(
        """
        UPDATE sessions SET seen_at = clock_timestamp()
        WHERE id IN (
          SELECT id FROM sessions WHERE id = ANY ($1::uuid[]) AND ended_at IS NULL
          ORDER BY id FOR NO KEY UPDATE)
        RETURNING id, is_draining
        """, [.uuidArray(sessions)])
      var draining: [UUID: Bool] = [:]
      for row in alive { draining[try row.decode("id")] = try row.decode("is_draining") }
      let live = beats.filter { draining[$0.session] != nil }
      try await Self.record(live, connection)
      return (draining, try await Self.lost(live, connection))
    }
    try await takeBackUnlisted(Array(draining.keys))
    return beats.map { beat in
      guard let isDraining = draining[beat.session] else {
        return HeartbeatReply(lost: beat.running.map(\.id), drain: false, expired: true)
      }
      let gone = lost[beat.session] ?? []
      return HeartbeatReply(
        lost: beat.running.map(\.id).filter(gone.contains), drain: isDraining, expired: false)
    }
  }

  /// How far the listed work is, and since when what is not listed is not.
  private static func record(_ beats: [Heartbeat], _ connection: PostgresConnection) async throws {
    guard !beats.isEmpty else { return }
    let listed = beats.flatMap { beat in beat.running.map { (session: beat.session, running: $0) } }
    let columns: [PostgresValue] = [
      .uuidArray(listed.map(\.session)), .intArray(listed.map(\.running.id.computation)),
    ]
    if !listed.isEmpty {
      try await connection.query(
        """
        UPDATE computations c SET progress = r.progress, unlisted_at = NULL,
          progress_at = CASE WHEN c.progress = r.progress THEN c.progress_at
            ELSE clock_timestamp() END
        FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::real[])
          AS r (session, id, attempt, progress)
        WHERE c.id = r.id AND c.attempt = r.attempt AND c.session = r.session
          AND (c.progress <> r.progress OR c.unlisted_at IS NOT NULL)
          AND c.id IN (
            SELECT id FROM computations
            WHERE id = ANY ($2::bigint[]) AND state = 'leased'
            ORDER BY id FOR UPDATE SKIP LOCKED)
        """,
        columns + [
          .intArray(listed.map(\.running.id.attempt)),
          .doubleArray(listed.map { Self.storable($0.running.progress) }),
        ])
    }
    try await connection.query(
      """
      UPDATE computations SET unlisted_at = clock_timestamp()
      WHERE id IN (
        SELECT c.id FROM computations c
        WHERE c.session = ANY ($3::uuid[]) AND c.state = 'leased' AND c.unlisted_at IS NULL
          AND NOT EXISTS (
            SELECT FROM unnest($1::uuid[], $2::bigint[]) AS r (session, id)
            WHERE r.session = c.session AND r.id = c.id)
        ORDER BY c.id FOR UPDATE SKIP LOCKED)
      """, columns + [.uuidArray(beats.map(\.session))])
  }

  /// In `0...1`, and rounded as the column (`real`) rounds: the server takes no number too small for it.
  private static func storable(_ progress: Double) -> Double {
    progress.isNaN ? 0 : Double(Float(min(max(progress, 0), 1)))
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
        lost: Array(
          try await Self.lost(
            [Heartbeat(session: session, running: running.map { .init(id: $0, progress: 0) })],
            connection)[session] ?? []),
        drain: try row.decode("is_draining"), expired: false)
    }
  }

  /// Attempts, by the session that lists them, that are neither its own nor completed by it.
  private static func lost(_ beats: [Heartbeat], _ connection: PostgresConnection) async throws
    -> [UUID: Set<AttemptID>]
  {
    let listed = beats.flatMap { beat in beat.running.map { (session: beat.session, id: $0.id) } }
    guard !listed.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT r.session, r.id, r.attempt
      FROM unnest($1::uuid[], $2::bigint[], $3::int[]) AS r (session, id, attempt)
      WHERE NOT EXISTS (
        SELECT FROM computations c
        WHERE c.id = r.id AND c.attempt = r.attempt AND c.session = r.session
          AND c.state IN ('leased', 'succeeded'))
      """,
      [
        .uuidArray(listed.map(\.session)), .intArray(listed.map(\.id.computation)),
        .intArray(listed.map(\.id.attempt)),
      ])
    var lost: [UUID: Set<AttemptID>] = [:]
    for row in rows {
      lost[try row.decode("session"), default: []].insert(
        AttemptID(computation: try row.decode("id"), attempt: try row.decode("attempt")))
    }
    return lost
  }

  private func takeBackUnlisted(_ sessions: [UUID]) async throws {
    guard !sessions.isEmpty else { return }
    let rows = try await pool.query(
      """
      SELECT session, id, attempt FROM computations
      WHERE session = ANY ($1::uuid[]) AND state = 'leased'
        AND unlisted_at < clock_timestamp() - make_interval(secs => $2)
      """, [.uuidArray(sessions), .double(Self.unlistedSeconds)])
    guard !rows.isEmpty else { return }
    let overdue = try rows.map { row in
      (
        session: try row.decode("session", as: UUID.self), id: try row.decode("id", as: Int64.self),
        attempt: try row.decode("attempt", as: Int32.self)
      )
    }
    try await write { writer in
      let ids = overdue.map(\.id)
      try await writer.lockJobs(ofComputations: ids)
      let locked = try await writer.lockComputations(ids)
      let held = overdue.filter {
        locked[$0.id]?.isHeld(by: $0.session, attempt: $0.attempt) == true
      }
      try await writer.giveBack(held.compactMap { locked[$0.id] }, .unlisted)
    }
  }
}
