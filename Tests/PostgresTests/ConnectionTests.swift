import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct ConnectionTests {
  private func withConnection(_ body: (PostgresConnection) async throws -> Void) async throws {
    let connection = try await PostgresConnection.connect(
      try PostgresConfiguration(connectionString: try await TestCluster.shared.database()))
    defer { connection.close() }
    try await body(connection)
  }

  @Test func errorsSayWhatAndWhere() async throws {
    try await withConnection { connection in
      try await connection.execute("CREATE TABLE t (id int CONSTRAINT one PRIMARY KEY)")
      try await connection.query("INSERT INTO t VALUES ($1)", [.int(1)])
      let error = await #expect(throws: PostgresError.self) {
        try await connection.query("INSERT INTO t VALUES ($1)", [.int(1)])
      }
      #expect(error?.sqlState == "23505")
      #expect(error?.isUniqueViolation == true)
      #expect(error?.constraint == "one")
      #expect(error?.detail?.contains("(id)=(1)") == true)
      #expect(error?.statement == "INSERT INTO t VALUES ($1)")
      #expect(error?.isConnectionLost == false)
      let rows = try await connection.query("SELECT count(*) AS n FROM t")
      #expect(try rows.first?.decode("n", as: Int.self) == 1)
    }
  }

  @Test func transactionsHoldOrLeaveNothing() async throws {
    struct Regret: Error {}
    try await withConnection { connection in
      try await connection.execute("CREATE TABLE t (id int)")
      try await connection.transaction { _ = try await $0.query("INSERT INTO t VALUES (1)") }
      await #expect(throws: Regret.self) {
        try await connection.transaction {
          try await $0.query("INSERT INTO t VALUES (2)")
          throw Regret()
        }
      }
      let rows = try await connection.query("SELECT id FROM t")
      #expect(try rows.map { try $0.decode("id", as: Int.self) } == [1])
    }
  }

  @Test func aCancelledTaskStopsItsStatementOnly() async throws {
    try await withConnection { connection in
      let sleeping = Task { try await connection.query("SELECT pg_sleep(600)") }
      let observer = try await PostgresConnection.connect(
        try PostgresConfiguration(
          connectionString: try await TestCluster.shared.database()))
      defer { observer.close() }
      while try await observer.query(
        "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'"
      ).isEmpty {}
      sleeping.cancel()
      await #expect(throws: CancellationError.self) { try await sleeping.value }
      let rows = try await connection.query("SELECT 2 AS two")
      #expect(try rows.first?.decode("two", as: Int.self) == 2)
    }
  }

  @Test func aServerThatIsNotThereIsNamed() async throws {
    let configuration = try PostgresConfiguration(
      connectionString: "host=/nowhere/at/all dbname=x user=y password=hunter2")
    let error = await #expect(throws: PostgresError.self) {
      try await PostgresConnection.connect(configuration)
    }
    #expect(error?.isUnavailable == true)
    #expect(error?.description.contains("/nowhere/at/all") == true)
    #expect(error?.description.contains("hunter2") == false)
  }

  @Test func thePasswordIsNeverPrinted() throws {
    let configuration = try PostgresConfiguration(
      connectionString: "postgresql://me:hunter2@db.example:6432/app")
    var dumped = ""
    dump(configuration.description, to: &dumped)
    for text in ["\(configuration)", String(reflecting: configuration), dumped] {
      #expect(!text.contains("hunter2"))
      #expect(text.contains("host=db.example port=6432 dbname=app user=me"))
    }
    for bad in ["postgresql://me:hunter2@[bad", "password=hunter2 oops", "hunter2=1"] {
      let error = #expect(throws: PostgresError.self) {
        try PostgresConfiguration(connectionString: bad)
      }
      #expect(error?.description.contains("hunter2") == false)
    }
  }
}
