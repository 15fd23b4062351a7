import Artifacts
import Foundation
import Jobs
import Postgres

/// A transaction that changes jobs. Locks are taken in the order jobs, computations, tasks, within
/// each in id order; whoever changes a task or writes an event holds its job's row.
struct JobWriter {
  let connection: PostgresConnection
  /// Announced after the commit.
  var news: Set<StoreNotification> = []
  /// Written at the end of the transaction.
  var events: [PendingEvent] = []

  struct PendingEvent {
    var job: Int64
    var event: String
    var task: String?
    var message: String
  }

  /// The first place in the queue where this transaction put something.
  var firstReady: QueuePosition?

  /// Up to which virtual start this transaction's work has got, by job.
  var served: [Int64: Double] = [:]

  init(connection: PostgresConnection) { self.connection = connection }

  mutating func record(_ event: String, job: Int64, task: String? = nil, _ message: String) {
    events.append(PendingEvent(job: job, event: event, task: task, message: message.storable))
  }

  mutating func storeEvents() async throws {
    guard !events.isEmpty else { return }
    let rows = try await connection.query(
      """
      WITH added AS (
        INSERT INTO events (job, event, task, message)
        SELECT job, event, task, message
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
          WITH ORDINALITY AS e (job, event, task, message, place)
        ORDER BY place
        RETURNING job)
      SELECT uuid FROM jobs WHERE id IN (SELECT job FROM added)
      """,
      [
        .intArray(events.map(\.job)), .textArray(events.map(\.event)),
        .textArray(events.map(\.task)), .textArray(events.map(\.message)),
      ])
    for row in rows { news.insert(.job(try row.decode("uuid"))) }
    events = []
  }

  /// Locks one job.
  /// - Throws: ``JobStoreError/unknownJob(_:)``.
  func lockJob(_ id: UUID) async throws -> LockedJob {
    let rows = try await connection.query(
      "SELECT id, state FROM jobs WHERE uuid = $1 FOR NO KEY UPDATE", [.uuid(id)])
    guard let row = rows.first else { throw JobStoreError.unknownJob(id.uuidString.lowercased()) }
    return LockedJob(id: try row.decode("id"), state: try row.state("state"))
  }

  /// Locks the jobs that wait on these computations.
  func lockJobs(ofComputations ids: [Int64]) async throws {
    try await connection.query(
      """
      SELECT id FROM jobs
      WHERE id IN (SELECT job FROM tasks WHERE computation = ANY ($1::bigint[]) AND state = 'active')
      ORDER BY id FOR NO KEY UPDATE
      """, [.intArray(ids)])
  }

  func lockJobs(_ ids: Set<Int64>) async throws {
    guard !ids.isEmpty else { return }
    try await connection.query(
      "SELECT id FROM jobs WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE",
      [.intArray(ids.sorted())])
  }

  /// Locks computations and reads what fences need.
  func lockComputations(_ ids: [Int64]) async throws -> [Int64: LockedComputation] {
    guard !ids.isEmpty else { return [:] }
    let rows = try await connection.query(
      """
      SELECT id, kind, state, attempt, tries, session, is_suspect, result
      FROM computations WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE
      """, [.intArray(ids)])
    var found: [Int64: LockedComputation] = [:]
    for row in rows {
      let computation = LockedComputation(
        id: try row.decode("id"),
        row: Computation(
          kind: try row.kind("kind"), state: try row.state("state"),
          attempt: try row.decode("attempt"), tries: try row.decode("tries"),
          session: try row.decode("session"), isSuspect: try row.decode("is_suspect"),
          result: try row.digest("result")))
      found[computation.id] = computation
    }
    return found
  }
}

extension String {
  /// What PostgreSQL cannot store replaced: messages quote what users and crashed programs wrote,
  /// and must not keep an outcome from being stored.
  var storable: String { replacing("\0", with: "\u{FFFD}") }
}

struct LockedJob {
  var id: Int64
  var state: JobState
}

struct LockedComputation {
  var id: Int64
  /// As its row is.
  var row: Computation

  var kind: TaskKind { row.kind }
  var state: ComputationState { row.state }
  var attempt: Int32 { row.attempt }
  var tries: Int { row.tries }
  var session: UUID? { row.session }
  var result: ContentDigest? { row.result }

  /// Whether this very attempt is under way in this session.
  func isHeld(by session: UUID, attempt: Int32) -> Bool {
    row.isHeld(by: session, attempt: attempt)
  }
}
