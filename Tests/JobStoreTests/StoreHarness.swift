import Artifacts
import Foundation
import JobStore
import Jobs
import Logging
import Postgres
import TestSupport

/// A store in a database of its own, and what a worker would do with it.
struct StoreHarness: Sendable {
  let store: JobStore
  let pool: PostgresPool
  /// At most, of the pool.
  static let connections = 8

  /// Lends `body` a store in a fresh, migrated database.
  static func with(_ body: (StoreHarness) async throws -> Void) async throws {
    let text = try await TestCluster.shared.database(template: "job_store") { text in
      let pool = try makePool(text, connections: 1)
      try await JobStore.migrate(pool: pool, logger: TestCluster.logger)
      await pool.shutdown()
    }
    let pool = try makePool(text, connections: connections)
    do {
      let store = try await JobStore.open(pool: pool, logger: TestCluster.logger)
      try await body(StoreHarness(store: store, pool: pool))
      await pool.shutdown()
    } catch {
      await pool.shutdown()
      throw error
    }
  }

  static func makePool(_ connectionString: String, connections: Int) throws -> PostgresPool {
    PostgresPool(
      configuration: try PostgresConfiguration(connectionString: connectionString),
      maximumConnections: connections, logger: TestCluster.logger)
  }

  /// A session that can run everything.
  func beginSession(_ worker: String = "worker", kinds: [TaskKind] = TaskKind.allCases)
    async throws -> UUID
  {
    let session = UUID()
    try await store.beginSession(
      SessionRequest(
        session: session, worker: worker, pool: "local", slots: 2,
        kinds: Dictionary(uniqueKeysWithValues: kinds.map { ($0, $0.codeVersion) }),
        kernelClass: "Haswell", version: "1"))
    return session
  }

  func submit(_ specification: JobSpecification = SampleJob.specification()) async throws -> UUID {
    try await store.submit(specification, idempotencyKey: nil, token: "test").job.id
  }

  func complete(_ task: ClaimedTask, in session: UUID) async throws -> FencedReply {
    try await complete([task], in: session)
  }

  /// Completes with each task's sample result.
  func complete(_ tasks: [ClaimedTask], in session: UUID) async throws -> FencedReply {
    var completions: [CompleteRequest.Completion] = []
    for task in tasks {
      let result = try SampleJob.result(of: task)
      for file in result.files { try await store.putBlob(file) }
      completions.append(
        CompleteRequest.Completion(
          id: task.id, result: ContentDigest(of: result.bytes), inline: result.bytes))
    }
    return try await store.complete(session: session, completions)
  }

  /// Claims and completes until nothing is ready.
  /// - Returns: What was done, in order.
  @discardableResult
  func drainQueue(_ session: UUID, limit: Int = 100) async throws -> [ClaimedTask] {
    var done: [ClaimedTask] = []
    while true {
      let tasks = try await store.claim(session: session, limit: limit)
      if tasks.isEmpty { return done }
      let reply = try await complete(tasks, in: session)
      guard reply.refused.isEmpty else { throw TestSupportError("refused: \(reply.refused)") }
      done += tasks
    }
  }

  /// Moves a column into the past: tests never wait.
  func age(_ table: String, _ column: String, seconds: Int) async throws {
    _ = try await pool.query(
      "UPDATE \(table) SET \(column) = \(column) - make_interval(secs => $1)",
      [.int(seconds)])
  }

  /// What must hold after every transaction.
  /// - Returns: What does not.
  func violations() async throws -> [String] {
    let rows = try await pool.query(
      """
      SELECT 'open_tasks of job ' || j.id AS problem FROM jobs j
        WHERE j.open_tasks <> (
          SELECT count(*) FROM tasks WHERE job = j.id AND state IN ('blocked', 'active'))
      UNION ALL SELECT 'ended job with open tasks ' || j.id FROM jobs j
        WHERE j.state IN ('succeeded', 'failed', 'cancelled') AND j.open_tasks > 0
      UNION ALL SELECT 'open job without open tasks ' || j.id FROM jobs j
        WHERE j.state IN ('queued', 'running') AND j.open_tasks = 0
      UNION ALL SELECT 'pending of task ' || t.id FROM tasks t
        WHERE t.state = 'blocked' AND t.pending <> (
          SELECT count(*) FROM task_edges e JOIN tasks p ON p.id = e.parent
          WHERE e.child = t.id AND p.state <> 'succeeded')
      UNION ALL SELECT 'blocked without reason ' || t.id FROM tasks t
        WHERE t.state = 'blocked' AND t.pending = 0
      UNION ALL SELECT 'active task of an ended computation ' || t.id
        FROM tasks t JOIN computations c ON c.id = t.computation
        WHERE t.state = 'active' AND c.state NOT IN ('ready', 'leased')
      UNION ALL SELECT 'computation that nobody wants ' || c.id FROM computations c
        WHERE c.state IN ('ready', 'leased')
          AND NOT EXISTS (SELECT FROM tasks WHERE computation = c.id AND state = 'active')
      UNION ALL SELECT 'result without a blob, task ' || t.id FROM tasks t
        WHERE t.state = 'succeeded' AND NOT EXISTS (SELECT FROM blobs WHERE digest = t.result)
      UNION ALL SELECT 'succeeded before an input, task ' || t.id
        FROM tasks t JOIN task_edges e ON e.child = t.id JOIN tasks p ON p.id = e.parent
        WHERE t.state IN ('active', 'succeeded') AND p.state <> 'succeeded'
      UNION ALL SELECT 'gap in the versions of artifact ' || a.id FROM artifacts a
        WHERE a.last_version <> (SELECT count(*) FROM artifact_versions WHERE artifact = a.id)
      """)
    return try rows.map { try $0.decode("problem") }
  }
}
