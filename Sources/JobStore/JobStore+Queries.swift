import Artifacts
import Foundation
import Jobs
import Postgres

extension JobStore {
  /// Pages have at most this many items.
  public static let maximumPage = 1000

  /// The job that a user means: by its UUID, by its name (the newest of that name), or by 4 or more
  /// characters that begin one job's UUID.
  /// - Throws: ``JobStoreError/unknownJob(_:)`` or ``JobStoreError/ambiguousJob(_:candidates:)``.
  public func jobID(_ reference: String) async throws -> UUID {
    if let id = UUID(uuidString: reference) {
      let rows = try await pool.query("SELECT uuid FROM jobs WHERE uuid = $1", [.uuid(id)])
      guard !rows.isEmpty else { throw JobStoreError.unknownJob(reference) }
      return id
    }
    let named = try await pool.query(
      "SELECT uuid FROM jobs WHERE name = $1 ORDER BY id DESC LIMIT 1", [.text(reference)])
    if let row = named.first { return try row.decode("uuid") }
    guard let range = UUIDPrefix(reference) else { throw JobStoreError.unknownJob(reference) }
    let rows = try await pool.query(
      "SELECT uuid FROM jobs WHERE uuid BETWEEN $1 AND $2 ORDER BY uuid LIMIT 10",
      [.uuid(range.first), .uuid(range.last)])
    let found: [UUID] = try rows.map { try $0.decode("uuid") }
    guard let id = found.first else { throw JobStoreError.unknownJob(reference) }
    guard found.count == 1 else {
      throw JobStoreError.ambiguousJob(reference, candidates: found)
    }
    return id
  }

  /// - Throws: ``JobStoreError/unknownJob(_:)``.
  public func job(_ id: UUID) async throws -> JobStatus {
    let rows = try await pool.query(Self.jobsStatement + " WHERE j.uuid = $1", [.uuid(id)])
    guard let status = try await statuses(rows).first else {
      throw JobStoreError.unknownJob(id.uuidString.lowercased())
    }
    return status
  }

  /// Newest first.
  /// - Parameters:
  ///   - after: The `next` of the page before.
  ///   - limit: Brought into `1...1000`.
  public func jobs(after: String?, limit: Int) async throws -> Page<JobStatus> {
    let limit = min(max(limit, 1), Self.maximumPage)
    let rows = try await pool.query(
      Self.jobsStatement + " WHERE j.id < $1 ORDER BY j.id DESC LIMIT $2",
      [.int(try Self.position(after) ?? Int64.max), .int(limit + 1)])
    let page = Array(rows.prefix(limit))
    let next: Int64? = rows.count > limit ? try page.last?.decode("id") : nil
    return Page(items: try await statuses(page), next: next.map(String.init))
  }

  /// In plan order.
  /// - Parameters:
  ///   - after: The `next` of the page before.
  ///   - limit: Brought into `1...1000`.
  /// - Throws: ``JobStoreError/unknownJob(_:)``.
  public func tasks(job: UUID, after: String?, limit: Int) async throws -> Page<TaskStatus> {
    let limit = min(max(limit, 1), Self.maximumPage)
    let rows = try await pool.query(
      """
      SELECT t.id, t.name, t.kind, t.is_reused, t.result, t.failure_code, t.failure_message,
        CASE WHEN t.state = 'active' THEN c.state ELSE t.state END AS state,
        coalesce(c.attempt, 0) AS attempt, s.worker,
        CASE WHEN NOT t.is_reused THEN c.leased_at END AS started_at, t.finished_at
      FROM tasks t LEFT JOIN computations c ON c.id = t.computation
      LEFT JOIN sessions s ON s.id = c.session
      WHERE t.job = (SELECT id FROM jobs WHERE uuid = $1) AND t.id > $2
      ORDER BY t.id LIMIT $3
      """, [.uuid(job), .int(try Self.position(after) ?? 0), .int(limit + 1)])
    if rows.isEmpty { _ = try await jobID(job.uuidString) }
    let page = rows.prefix(limit)
    let next: Int64? = rows.count > limit ? try page.last?.decode("id") : nil
    return Page(
      items: try page.map { row in
        TaskStatus(
          name: try row.decode("name"), kind: try row.kind("kind"), state: try row.state("state"),
          attempt: try row.decode("attempt"), worker: try row.decode("worker"),
          isReused: try row.decode("is_reused"), result: try row.digest("result"),
          failure: try row.failure(), startedAt: try row.decode("started_at"),
          finishedAt: try row.decode("finished_at"))
      }, next: next.map(String.init))
  }

  /// A job's history after the event `after`, in order. No event ever appears before one that was
  /// returned already.
  /// - Parameter limit: Brought into `1...1000`.
  /// - Throws: ``JobStoreError/unknownJob(_:)``.
  public func events(job: UUID, after: Int64, limit: Int) async throws -> [JobEvent] {
    let rows = try await pool.query(
      """
      SELECT id, at, event, task, message FROM events
      WHERE job = (SELECT id FROM jobs WHERE uuid = $1) AND id > $2 ORDER BY id LIMIT $3
      """, [.uuid(job), .int(after), .int(min(max(limit, 1), Self.maximumPage))])
    if rows.isEmpty { _ = try await jobID(job.uuidString) }
    return try rows.map { row in
      JobEvent(
        id: try row.decode("id"), at: try row.decode("at"), event: try row.decode("event"),
        task: try row.decode("task"), message: try row.decode("message"))
    }
  }

  /// - Throws: ``JobStoreError/unknownJob(_:)``.
  public func specification(job: UUID) async throws -> JobSpecification {
    let rows = try await pool.query("SELECT specification FROM jobs WHERE uuid = $1", [.uuid(job)])
    guard let row = rows.first else { throw JobStoreError.unknownJob(job.uuidString.lowercased()) }
    return try WireFormat.decoder().decode(
      JobSpecification.self, from: Data(try row.decode("specification", as: String.self).utf8))
  }

  /// Results of a job's succeeded tasks, in plan order.
  /// - Parameter kinds: Only of these; nil: of all.
  /// - Throws: ``JobStoreError/unknownJob(_:)``.
  public func results(job: UUID, kinds: Set<TaskKind>?) async throws -> [TaskResult] {
    let rows = try await pool.query(
      """
      SELECT name, kind, result FROM tasks
      WHERE job = (SELECT id FROM jobs WHERE uuid = $1) AND state = 'succeeded'
        AND kind = ANY ($2::text[])
      ORDER BY id
      """,
      [.uuid(job), .textArray((kinds ?? Set(TaskKind.allCases)).map(\.rawValue).sorted())])
    if rows.isEmpty { _ = try await jobID(job.uuidString) }
    return try await pool.withConnection { connection in
      let reader = JobWriter(connection: connection)
      var results: [TaskResult] = []
      for row in rows {
        let digest = try row.requiredDigest("result")
        results.append(
          TaskResult(
            name: try row.decode("name"), kind: try row.kind("kind"), digest: digest,
            bytes: try await reader.blobBytes(digest)))
      }
      return results
    }
  }

  /// What `after` of a page means.
  /// - Throws: ``JobStoreError/invalid(_:)``.
  static func position(_ after: String?) throws -> Int64? {
    guard let after else { return nil }
    guard let position = Int64(after) else {
      throw JobStoreError.invalid("after: '\(after.prefix(80))' is not the `next` of a page")
    }
    return position
  }
}
