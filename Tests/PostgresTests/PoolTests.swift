import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// Counts what several tasks do at a time.
private final class Tally: Sendable {
  private let state = Mutex((now: 0, most: 0, all: 0))

  /// - Returns: How often it was called, this time included.
  @discardableResult
  func begin() -> Int {
    state.withLock {
      $0.now += 1
      $0.all += 1
      $0.most = max($0.most, $0.now)
      return $0.all
    }
  }

  func end() { state.withLock { $0.now -= 1 } }

  var most: Int { state.withLock { $0.most } }
  var all: Int { state.withLock { $0.all } }
}

@Suite struct PoolTests {
  private func withPool(_ size: Int, _ body: (PostgresPool) async throws -> Void) async throws {
    let pool = PostgresPool(
      configuration: try PostgresConfiguration(
        connectionString: try await TestCluster.shared.database()),
      maximumConnections: size, logger: TestCluster.logger)
    do {
      try await body(pool)
      await pool.shutdown()
    } catch {
      await pool.shutdown()
      throw error
    }
  }

  @Test func waitingForATurnEnds() async throws {
    let pool = PostgresPool(
      configuration: try PostgresConfiguration(
        connectionString: try await TestCluster.shared.database()),
      maximumConnections: 1, patience: .milliseconds(20), logger: TestCluster.logger)
    try await pool.withConnection { _ in
      #expect(pool.usage.inUse == 1)
      let error = await #expect(throws: PostgresError.self) {
        _ = try await pool.query("SELECT 1 AS one")
      }
      #expect(error?.description.contains("all 1 connections") == true)
      #expect(error?.sqlState?.hasPrefix("53") == true)
    }
    // Its place in the line is free again.
    _ = try await pool.query("SELECT 1 AS one")
    #expect(pool.usage.inUse == 0 && pool.usage.idle == 1 && pool.usage.waiting == 0)
    await pool.shutdown()
  }

  /// A server that has become a standby refuses writes: the connection is made anew, and the
  /// statement done again, perhaps on another host.
  @Test func aReadOnlyServerIsLeft() async throws {
    try await withPool(1) { pool in
      _ = try await pool.query("CREATE TABLE t (n int)")
      _ = try await pool.query("SET default_transaction_read_only = on")
      _ = try await pool.query("INSERT INTO t VALUES (1)")
      let rows = try await pool.query("SELECT count(*) AS n FROM t")
      #expect(try rows.first?.decode("n", as: Int.self) == 1)
    }
  }

  @Test func neverMoreConnectionsThanAllowed() async throws {
    try await withPool(3) { pool in
      let counts = Tally()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<60 {
          group.addTask {
            try await pool.withConnection { connection in
              counts.begin()
              try await connection.query("SELECT pg_sleep(0.01)")
              counts.end()
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(counts.most <= 3)
      let rows = try await pool.query(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()")
      let open = try #require(try rows.first?.decode("n", as: Int.self))
      #expect(open <= 3)
    }
  }

  @Test func whoWaitsCanGiveUp() async throws {
    try await withPool(1) { pool in
      try await pool.withConnection { connection in
        let waiting = Task { try await pool.query("SELECT 1") }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        try await connection.query("SELECT 1")
      }
      _ = try await pool.query("SELECT 1")
    }
  }

  @Test func lostConnectionsAreMadeAnew() async throws {
    try await withPool(2) { pool in
      for _ in 0..<5 {
        // One backend ends the other and then itself: idle and used connections are both lost.
        try await pool.withConnection { _ in _ = try await pool.query("SELECT 1") }
        let killed = await #expect(throws: PostgresError.self) {
          try await pool.withConnection { connection in
            try await connection.query(
              """
              SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()
              """)
            try await connection.query("SELECT pg_terminate_backend(pg_backend_pid())")
          }
        }
        #expect(killed?.isUnavailable == true)
        let rows = try await pool.query("SELECT 7 AS seven")
        #expect(try rows.first?.decode("seven", as: Int.self) == 7)
      }
    }
  }

  @Test func aTransactionIsDoneAgainWhenItsConnectionIsLost() async throws {
    try await withPool(2) { pool in
      _ = try await pool.query("CREATE TABLE t (id int)")
      let tries = Tally()
      try await pool.transaction { connection in
        try await connection.query("INSERT INTO t VALUES (1)")
        if tries.begin() < 3 {
          try await connection.query("SELECT pg_terminate_backend(pg_backend_pid())")
        }
      }
      let rows = try await pool.query("SELECT count(*) AS n FROM t")
      #expect(try rows.first?.decode("n", as: Int.self) == 1)
      #expect(tries.all == 3)
    }
  }

  @Test func deadlocksAreDoneAgain() async throws {
    try await withPool(2) { pool in
      _ = try await pool.query("CREATE TABLE t (id int PRIMARY KEY, n int)")
      _ = try await pool.query("INSERT INTO t VALUES (1, 0), (2, 0)")
      let tries = Tally()
      // Each takes its first row before either goes for its second, the first time.
      let (both, arrive) = AsyncStream<Void>.makeStream()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for order in [[1, 2], [2, 1]] {
          group.addTask {
            try await pool.transaction { connection in
              try await connection.query("UPDATE t SET n = n + 1 WHERE id = $1", [.int(order[0])])
              if tries.begin() == 2 { arrive.finish() }
              for await _ in both {}
              try await connection.query("UPDATE t SET n = n + 1 WHERE id = $1", [.int(order[1])])
            }
          }
        }
        try await group.waitForAll()
      }
      let rows = try await pool.query("SELECT sum(n) AS n FROM t")
      #expect(try rows.first?.decode("n", as: Int.self) == 4)
      // More when the second try meets the first one's locks again.
      #expect(tries.all >= 3)
    }
  }

  @Test func afterShutdownThereAreNoConnections() async throws {
    try await withPool(2) { pool in
      _ = try await pool.query("SELECT 1")
      await pool.shutdown()
      await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
    }
  }
}
