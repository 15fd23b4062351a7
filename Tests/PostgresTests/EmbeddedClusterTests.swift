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
