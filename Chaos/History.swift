import Artifacts
import Foundation
import Jobs
import Postgres
import Worker

/// All that a schedule left behind: what the database says and what the workers wrote down.
struct History: Sendable {
  struct TaskRow: Sendable {
    var job: UUID
    var name: String
    var state: String
    var computation: Int64?
    var result: ContentDigest?
  }

  struct ComputationRow: Sendable {
    var id: Int64
    var state: String
    var attempt: Int32
    var session: UUID?
    var result: ContentDigest?
  }

  struct AttemptRow: Sendable {
    var computation: Int64
    var attempt: Int32
    var session: UUID?
    var outcome: String
    var code: String?
    var endedAt: Date
  }

  struct EventRow: Sendable {
    var job: UUID
    var id: Int64
    var event: String
    var task: String?
    var message: String
  }

  struct VersionRow: Sendable {
    var name: String
    var version: Int
    var digest: ContentDigest
  }

  var tasks: [TaskRow] = []
  var computations: [Int64: ComputationRow] = [:]
  var attempts: [AttemptRow] = []
  var events: [EventRow] = []
  var versions: [VersionRow] = []
  var jobs: [UUID: JobRow] = [:]
  /// Blobs whose bytes are not what their digest says, and results without bytes.
  var damagedBlobs: [String] = []
  /// By file name.
  var journals: [String: [WorkerJournal.Entry]] = [:]
}

extension History {
  /// Reads all of it.
  /// - Throws: What the database or a journal's file says.
  init(_ pool: PostgresPool, journals folder: URL) async throws {
    jobs = try await Self.jobStates(pool)
    try await loadTasks(pool)
    try await loadEvents(pool)
    damagedBlobs = try await pool.query(
      """
      SELECT encode(digest, 'hex') || ' has other bytes' AS what FROM blobs b
      WHERE digest IS NOT NULL AND digest <> sha256(coalesce(content, (
        SELECT string_agg(content, ''::bytea ORDER BY number) FROM blob_chunks WHERE blob = b.id),
        ''::bytea))
      UNION ALL
      SELECT t.name || ': its result is not stored' FROM tasks t
      WHERE t.result IS NOT NULL AND NOT EXISTS (SELECT FROM blobs WHERE digest = t.result)
      """
    ).map { try $0.decode("what") }
    journals = try Self.read(folder)
  }

  private mutating func loadTasks(_ pool: PostgresPool) async throws {
    tasks = try await pool.query(
      """
      SELECT j.uuid, t.name, t.state, t.computation, encode(t.result, 'hex') AS result
      FROM tasks t JOIN jobs j ON j.id = t.job ORDER BY t.id
      """
    ).map { row in
      TaskRow(
        job: try row.decode("uuid"), name: try row.decode("name"), state: try row.decode("state"),
        computation: try row.decode("computation", as: Int64?.self),
        result: try Self.digest(row, "result"))
    }
    let found = try await pool.query(
      """
      SELECT id, state, attempt, session, encode(result, 'hex') AS result FROM computations
      """
    ).map { row in
      ComputationRow(
        id: try row.decode("id"), state: try row.decode("state"),
        attempt: try row.decode("attempt"), session: try row.decode("session", as: UUID?.self),
        result: try Self.digest(row, "result"))
    }
    for row in found { computations[row.id] = row }
    attempts = try await pool.query(
      """
      SELECT computation, attempt, session, outcome, code, ended_at FROM attempts
      ORDER BY computation, attempt
      """
    ).map { row in
      AttemptRow(
        computation: try row.decode("computation"), attempt: try row.decode("attempt"),
        session: try row.decode("session", as: UUID?.self), outcome: try row.decode("outcome"),
        code: try row.decode("code", as: String?.self), endedAt: try row.decode("ended_at"))
    }
  }

  private mutating func loadEvents(_ pool: PostgresPool) async throws {
    events = try await pool.query(
      """
      SELECT j.uuid, e.id, e.event, e.task, e.message
      FROM events e JOIN jobs j ON j.id = e.job ORDER BY e.id
      """
    ).map { row in
      EventRow(
        job: try row.decode("uuid"), id: try row.decode("id"), event: try row.decode("event"),
        task: try row.decode("task", as: String?.self), message: try row.decode("message"))
    }
    versions = try await pool.query(
      """
      SELECT a.name, v.version, encode(v.digest, 'hex') AS digest
      FROM artifact_versions v JOIN artifacts a ON a.id = v.artifact ORDER BY a.name, v.version
      """
    ).map { row in
      guard let digest = try Self.digest(row, "digest") else {
        throw ChaosError("an artifact version has no digest")
      }
      return VersionRow(
        name: try row.decode("name"), version: try row.decode("version"), digest: digest)
    }
  }

  private static func digest(_ row: PostgresRow, _ column: String) throws -> ContentDigest? {
    let text: String? = try row.decode(column, as: String?.self)
    return text.flatMap { ContentDigest("sha256:" + $0) }
  }

  private static func read(_ folder: URL) throws -> [String: [WorkerJournal.Entry]] {
    var found: [String: [WorkerJournal.Entry]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let file = folder.appending(path: name)
      let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
      found[file.path] = try lines.map {
        try ResultDocument.decode(WorkerJournal.Entry.self, from: Data($0))
      }
    }
    return found
  }
}
