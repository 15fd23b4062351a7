import Artifacts
import Foundation
import Jobs
import Postgres

/// What one session asks for.
public struct SessionClaim: Sendable {
  public var session: UUID
  /// Brought into `1...100`.
  public var limit: Int

  public init(session: UUID, limit: Int) {
    self.session = session
    self.limit = min(max(limit, 1), 100)
  }
}

extension JobStore {
  /// Leases up to `limit` ready computations to a session, in order of priority and fair share;
  /// only kinds and code versions that the session named. A draining session gets none.
  ///
  /// - Parameter limit: Brought into `1...100`.
  /// - Throws: ``JobStoreError/unknownSession(_:)`` when the session is unknown or has ended.
  public func claim(session: UUID, limit: Int) async throws -> [ClaimedTask] {
    let tasks = try await claim([SessionClaim(session: session, limit: limit)])[session] ?? []
    if tasks.isEmpty { try await checkSession(session) }
    return tasks
  }

  /// Leases ready computations to several sessions that offer the same (``offer(of:)``), in one
  /// statement, at most 100 in all; what comes first in the queue goes to whom comes first in
  /// `claims`.
  /// - Parameter leased: Gets what is returned, before the jobs are marked as running.
  /// - Returns: By session; sessions that got nothing, are draining, unknown or ended are missing.
  @discardableResult
  public func claim(
    _ claims: [SessionClaim], leased: ([UUID: [ClaimedTask]]) -> Void = { _ in }
  ) async throws -> [UUID: [ClaimedTask]] {
    var (rows, isFullLook) = try await leases(claims, fromHead: false)
    // Who claims for several asks again at once for those that got nothing, and need not keep the
    // others waiting.
    let missing = claims.reduce(0) { $0 + $1.limit } - rows.count
    if !isFullLook, rows.isEmpty {
      rows = try await leases(claims, fromHead: true).rows
    } else if !isFullLook, missing > 0, claims.count == 1, let claim = claims.first {
      rows += try await leases(
        [SessionClaim(session: claim.session, limit: missing)], fromHead: true
      ).rows
    }
    var tasks: [UUID: [ClaimedTask]] = [:]
    var first: Set<Int64> = []
    for row in rows {
      tasks[try row.decode("session"), default: []].append(try Self.claimedTask(row))
      if try row.decode("is_first") { first.insert(try row.decode("id")) }
    }
    for (session, claimed) in tasks {
      tasks[session] = try await keepSuspectsAlone(claimed, session: session)
    }
    leased(tasks)
    let kept = tasks.values.flatMap { $0.map(\.id.computation) }
    try await markRunning(kept.filter(first.contains))
    return tasks
  }

  /// Not repeated when the connection is lost: what it may have leased is not listed by the sessions
  /// and comes back after some seconds.
  private func leases(_ claims: [SessionClaim], fromHead: Bool) async throws
    -> (rows: [PostgresRow], isFullLook: Bool)
  {
    guard let session = claims.first?.session else { return ([], true) }
    let start = claimMarks.start(for: session, fromHead: fromHead)
    defer { claimMarks.end(start) }
    let position = start.position
    let slots = claims.flatMap { Array(repeating: $0.session, count: $0.limit) }
    let rows = try await pool.withConnection { connection in
      try await connection.query(
        Self.claimSteps + Self.claimAnswer,
        [
          .uuidArray(slots), .int(slots.count), .int(position.descent),
          .double(position.virtualStart), .int(position.computation),
        ])
    }
    if let last = rows.last {
      claimMarks.claimed(
        from: start,
        upTo: QueuePosition(
          descent: -(try last.decode("priority", as: Int.self)),
          virtualStart: try last.decode("virtual_start"), computation: try last.decode("id")),
        by: claims.map(\.session), offer: try last.decode("offer"))
    }
    return (rows, start.isFullLook)
  }

  /// One statement: how many to take from the head of each run of the queue that the session may
  /// work on, without locks; then so many of each, past what others have locked. The array keeps
  /// the planner, which expects far more than the limit, from reading the whole table; limits that it
  /// knows let it keep a plan (planning took longer than looking). A task waits
  /// on a ready computation: who takes the last one away cancels the computation in the same
  /// transaction, under its row lock. `Benchmarks/Jobs` replays it.
  package static let claimSteps = """
    WITH live AS MATERIALIZED (
      SELECT id, kinds, labels, memory, kernels FROM sessions
      WHERE id = ANY ($1::uuid[]) AND ended_at IS NULL AND NOT is_draining FOR KEY SHARE
    ), me AS (
      SELECT kinds, labels, memory, kernels FROM live LIMIT 1
    ), slots AS MATERIALIZED (
      SELECT session, row_number() OVER (ORDER BY place) AS number
      FROM unnest($1::uuid[]) WITH ORDINALITY AS s (session, place)
      WHERE session IN (SELECT id FROM live)
    ), runs AS MATERIALIZED (
      SELECT split_part(k, ' ', 1) AS kind, split_part(k, ' ', 2)::int AS version, r.id
      FROM me CROSS JOIN unnest(me.kinds) AS k CROSS JOIN LATERAL (
        SELECT 0 AS id
        UNION ALL
        SELECT id FROM requirements q
        WHERE (q.kernels = '' OR q.kernels = coalesce(me.kernels, q.kernels))
          AND q.labels <@ me.labels AND q.memory <= coalesce(me.memory, 0)
      ) r
    ), heads AS MATERIALIZED (
      SELECT * FROM (
        SELECT c.* FROM runs r CROSS JOIN LATERAL (
          SELECT r.kind, r.version, r.id AS run, -priority AS descent, virtual_start, id
          FROM computations
          WHERE state = 'ready' AND kind = r.kind AND code_version = r.version
            AND requirement = r.id AND not_before <= now()
            AND (-priority, virtual_start, id) > ($3::smallint, $4::float8, $5::bigint)
          ORDER BY -priority, virtual_start, id LIMIT 100
        ) c
        ORDER BY descent, virtual_start, id LIMIT 100
      ) h
      ORDER BY descent, virtual_start, id LIMIT $2::int
    ), shares AS MATERIALIZED (
      SELECT kind, version, run, count(*) AS number FROM heads GROUP BY kind, version, run
    ), chosen AS MATERIALIZED (
      SELECT c.* FROM shares r CROSS JOIN LATERAL (
        SELECT -priority AS descent, virtual_start, id FROM computations
        WHERE state = 'ready' AND kind = r.kind AND code_version = r.version
          AND requirement = r.run AND not_before <= now()
          AND (-priority, virtual_start, id) > ($3::smallint, $4::float8, $5::bigint)
        ORDER BY -priority, virtual_start, id LIMIT r.number FOR UPDATE SKIP LOCKED
      ) c
    ), given AS MATERIALIZED (
      SELECT c.id, s.session FROM (
        SELECT id, row_number() OVER (ORDER BY descent, virtual_start, id) AS number FROM chosen
      ) c JOIN slots s ON s.number = c.number
    ), claimed AS (
      UPDATE computations c SET state = 'leased', attempt = c.attempt + 1, tries = c.tries + 1,
        session = (SELECT session FROM given WHERE given.id = c.id),
        leased_at = clock_timestamp(), progress_at = clock_timestamp(), progress = 0,
        unlisted_at = NULL
      WHERE c.id = ANY (ARRAY (SELECT id FROM given))
      RETURNING c.id, c.session, c.attempt, c.priority, c.virtual_start, c.is_suspect
    )

    """

  /// What ``claimSteps`` has leased.
  package static let claimAnswer = """
    SELECT c.id, c.session, c.attempt, c.is_suspect, c.priority, c.virtual_start,
      (SELECT md5(me::text) FROM me) AS offer, t.name, j.uuid, p.parameters, p.sources, EXISTS (
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
      sources: try sources(row.decode("sources")),
      runsAlone: try row.decode("is_suspect"))
  }

  /// Most tasks read nothing from outside.
  private static func sources(_ text: String) throws -> [ContentDigest: String] {
    if text == "{}" { return [:] }
    return try ResultDocument.decode([ContentDigest: String].self, from: Data(text.utf8))
  }

  /// Of tasks among which one was with others in a process that died: that one, the rest given back.
  private func keepSuspectsAlone(_ tasks: [ClaimedTask], session: UUID) async throws
    -> [ClaimedTask]
  {
    guard tasks.count > 1, let suspect = tasks.first(where: \.runsAlone) else { return tasks }
    _ = try await release(session: session, tasks.map(\.id).filter { $0 != suspect.id })
    return [suspect]
  }

  private func checkSession(_ session: UUID) async throws {
    let rows = try await pool.query(
      "SELECT 1 AS live FROM sessions WHERE id = $1 AND ended_at IS NULL", [.uuid(session)])
    if rows.isEmpty { throw JobStoreError.unknownSession(session) }
  }

  /// In a transaction of its own: a claim holds computations, and jobs are locked before those.
  private func markRunning(_ computations: [Int64]) async throws {
    guard !computations.isEmpty else { return }
    let rows = try await pool.query(
      """
      WITH started AS (
        UPDATE jobs SET state = 'running', started_at = coalesce(started_at, clock_timestamp())
        WHERE id IN (
          SELECT id FROM jobs WHERE state = 'queued' AND id IN (
            SELECT t.job FROM tasks t JOIN computations c ON c.id = t.computation
            WHERE c.id = ANY ($1::bigint[]) AND c.state = 'leased' AND t.state = 'active')
          ORDER BY id FOR NO KEY UPDATE)
        RETURNING id, uuid
      ), told AS (
        INSERT INTO events (job, event, message)
        SELECT id, 'started', $2 FROM started ORDER BY id
      )
      SELECT uuid FROM started
      """, [.intArray(computations), .text(JobWriter.startedMessage)])
    announcer.announce(Set(try rows.map { .job(try $0.decode("uuid")) }))
  }
}
