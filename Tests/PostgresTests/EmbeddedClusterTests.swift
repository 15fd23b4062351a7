import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct EmbeddedClusterTests {
  @Test(.timeLimit(.minutes(2)))
  func clientsOutliveARestart() async throws {
    try await TemporaryDirectory.with { folder in
      let cluster = try EmbeddedCluster(
        dataDirectory: folder.appending(path: "data"), settings: ["fsync": "off"])
      let first = try await cluster.start()
      let pool = PostgresPool(
        configuration: try PostgresConfiguration(connectionString: cluster.connectionString),
        maximumConnections: 4, logger: TestCluster.logger)
      _ = try await pool.query("CREATE TABLE t (id int)")
      let rows = try await pool.query(
        "SELECT current_user AS who, current_setting('listen_addresses') AS tcp")
      #expect(try rows.first?.decode("who", as: String.self) == "nnlut")
      #expect(try rows.first?.decode("tcp", as: String.self) == "")
      await first.stop()
      // Asked while the server is away; waits for it.
      async let answer = pool.query("SELECT count(*) AS n FROM t")
      let second = try await cluster.start()
      #expect(try await answer.first?.decode("n", as: Int.self) == 0)
      await pool.shutdown()
      await second.stop()
      try FileManager.default.removeItem(at: cluster.socketDirectory)
    }
  }

  /// Waiting for one that will never come tells nobody anything.
  @Test func aServerThatDoesNotStartIsAnError() async throws {
    try await TemporaryDirectory.with { folder in
      let settings = ["shared_buffers": "none", "log_min_messages": "panic"]
      let cluster = try EmbeddedCluster(
        dataDirectory: folder.appending(path: "data"), settings: settings)
      let error = await #expect(throws: EmbeddedClusterError.self) { try await cluster.start() }
      #expect(error?.description.contains(cluster.dataDirectory.path) == true)
      try FileManager.default.removeItem(at: cluster.socketDirectory)
    }
  }

  /// PostgreSQL 15 hangs when it is asked to shut down while it recovers.
  @Test(.timeLimit(.minutes(1)))
  func aServerThatRecoversFromACrashIsStopped() async throws {
    try await TemporaryDirectory.with { folder in
      let cluster = try EmbeddedCluster(
        dataDirectory: folder.appending(path: "data"), settings: ["log_min_messages": "panic"])
      let running = try await cluster.start(shutdownSeconds: 1)
      let configuration = try PostgresConfiguration(connectionString: cluster.connectionString)
      let connection = try await PostgresConnection.connect(configuration)
      // Something to recover.
      try await connection.execute("CREATE TABLE t AS SELECT generate_series(1, 200000) AS id")
      let rows = try await connection.query("SELECT pg_backend_pid() AS pid")
      kill(try #require(try rows.first?.decode("pid", as: Int32.self)), SIGKILL)
      while true {
        do {
          try await PostgresConnection.connect(configuration).close()
        } catch let error as PostgresError where error.isUnavailable {
          break
        }
      }
      await running.stop()
      connection.close()
      try FileManager.default.removeItem(at: cluster.socketDirectory)
    }
  }

  @Test func theSocketsPathIsShortAndPrivate() async throws {
    try await TemporaryDirectory.with { folder in
      let deep = folder.appending(path: String(repeating: "long/", count: 40))
      let cluster = try EmbeddedCluster(dataDirectory: deep.appending(path: "data"))
      #expect(cluster.socketDirectory.path.utf8.count < 80)
      // Someone else's folder in its place is refused.
      try FileManager.default.createDirectory(
        at: cluster.socketDirectory, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o777])
      let error = await #expect(throws: EmbeddedClusterError.self) { try await cluster.prepare() }
      #expect(error?.description.contains(cluster.socketDirectory.path) == true)
      try FileManager.default.removeItem(at: cluster.socketDirectory)
    }
  }
}
