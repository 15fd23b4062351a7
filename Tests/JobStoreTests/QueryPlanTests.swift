import Foundation
import JobStore
import Jobs
import Postgres
import Testing

/// The statements that run with every task find their rows by an index, also among 100 000 finished
/// and 20 000 ready tasks, with 2 000 workers connected. The server's own counters of sequential
/// scans tell, for the statements as the store sends them, with the plans that prepared statements
/// really get.
@Suite struct QueryPlanTests {
  @Test(.timeLimit(.minutes(2)))
  func hotStatementsScanNoHotTable() async throws {
    try await StoreHarness.with { harness in
      for part in 0..<10 {
        try await harness.seedReady(
          job: "old-\(part)", tasks: 10_000, weight: 1, finished: true)
      }
      try await harness.seedReady(job: "waiting", tasks: 20_000, weight: 1)
      let session = try await harness.beginSession(labels: [])
      let idle = try await harness.seedSessions(like: session, live: 2_000, ended: 20_000)
      for table in ["computations", "tasks", "task_payloads", "task_edges", "jobs", "sessions"] {
        _ = try await harness.pool.query("ANALYZE \(table)")
      }
      let scans = try await harness.sequentialScans {
        // More often than a statement is planned anew before its plan is kept.
        for _ in 0..<8 {
          let tasks = try await harness.store.claim(session: session, limit: 10)
          #expect(tasks.count == 10)
          let running = tasks.map { HeartbeatRequest.Running(id: $0.id, progress: 0.5) }
          _ = try await harness.store.heartbeat(session: session, running: running)
          let beats = idle.shuffled().prefix(50).map { Heartbeat(session: $0, running: []) }
          #expect(try await harness.store.heartbeats(beats).allSatisfy { !$0.expired })
          _ = try await harness.store.news(session: session, running: tasks.map(\.id))
          #expect(try await harness.complete(tasks, in: session).refused.isEmpty)
          _ = try await harness.store.rescue(leaseSeconds: 30)
        }
        let job = try await harness.submit()
        let resolve = try await harness.store.claim(session: session, limit: 100)
        _ = try await harness.complete(resolve.filter { $0.job == job }, in: session)
        _ = try await harness.store.job(job)
        _ = try await harness.store.tasks(job: job, after: nil, limit: 100)
      }
      #expect(scans == [:])
    }
  }

  /// Every batch asks of each old blob whether a computation has it as its result.
  @Test(.timeLimit(.minutes(2)))
  func housekeepingFindsByAnIndexWhoseResultABlobIs() async throws {
    try await StoreHarness.with { harness in
      try await harness.seedReady(job: "old", tasks: 20_000, weight: 1, finished: true)
      _ = try await harness.pool.query(
        "INSERT INTO blobs (digest, size, content) SELECT result, 1, 'x' FROM computations")
      for table in ["computations", "tasks", "blobs"] {
        _ = try await harness.pool.query("ANALYZE \(table)")
      }
      let scans = try await harness.sequentialScans {
        let policy = RetentionPolicy(jobSeconds: 1e6, resultSeconds: 1e6, looseSeconds: 0)
        // The one that no computation has.
        let removed = try await harness.store.prune(policy, limit: 1000)
        #expect(removed.blobs == 1)
      }
      #expect(scans == [:])
    }
  }
}

extension StoreHarness {
  /// Hot tables that were read from end to end while `body` ran, and how often.
  func sequentialScans(_ body: () async throws -> Void) async throws -> [String: Int] {
    func count() async throws -> [String: Int] {
      try await flushStatistics(ofConnections: Self.connections)
      let rows = try await pool.query(
        """
        SELECT relname::text AS name, seq_scan FROM pg_stat_user_tables
        WHERE relname IN ('computations', 'tasks', 'task_payloads', 'task_edges', 'blobs', 'events',
          'sessions')
        """)
      return try rows.reduce(into: [:]) { counts, row in
        counts[try row.decode("name")] = try row.decode("seq_scan")
      }
    }
    let before = try await count()
    try await body()
    var found: [String: Int] = [:]
    for (table, number) in try await count() where number > before[table] ?? 0 {
      // An empty or tiny table is read at once.
      if try await isLarge(table) { found[table] = number - (before[table] ?? 0) }
    }
    return found
  }

  /// A connection tells what it did some time after it did it; now all of the pool do.
  func flushStatistics(ofConnections number: Int) async throws {
    guard number > 0 else { return }
    try await pool.withConnection { connection in
      try await connection.query("SELECT pg_stat_force_next_flush()")
      try await flushStatistics(ofConnections: number - 1)
    }
  }

  private func isLarge(_ table: String) async throws -> Bool {
    let rows = try await pool.query(
      "SELECT pg_relation_size($1::regclass) AS bytes", [.text(table)])
    return try (rows.first?.decode("bytes", as: Int.self) ?? 0) > 1 << 20
  }
}
