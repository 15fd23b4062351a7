import Foundation
import JobStore
import Logging
import Postgres

/// A private server on disk with fsync on, and databases in it.
struct BenchmarkCluster {
  let cluster: EmbeddedCluster
  private let running: RunningCluster
  private let administration: PostgresPool

  /// Says nothing.
  static var logger: Logger { Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() } }

  /// `NNLUT_BENCH_POSTGRES="name=value name=value"`, for looking closer.
  private static var extraSettings: [String: String] {
    let text = ProcessInfo.processInfo.environment["NNLUT_BENCH_POSTGRES"] ?? ""
    let pairs = text.split(separator: " ").map { $0.split(separator: "=", maxSplits: 1) }
    return Dictionary(
      pairs.compactMap { pair in pair.count == 2 ? (String(pair[0]), String(pair[1])) : nil },
      uniquingKeysWith: { $1 })
  }

  init(folder: URL) async throws {
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    cluster = try EmbeddedCluster(
      dataDirectory: folder.appending(path: "data"),
      // Room for a round between two checkpoints, so that none falls into one and not the other.
      settings: [
        "max_wal_size": "4GB", "checkpoint_timeout": "30min", "shared_buffers": "512MB",
        "log_min_messages": "panic", "track_commit_timestamp": "on",
      ]
      .merging(Self.extraSettings) { $1 })
    running = try await cluster.start(removedAtEnd: [folder, cluster.socketDirectory])
    administration = PostgresPool(
      configuration: try PostgresConfiguration(connectionString: cluster.connectionString),
      maximumConnections: 1, logger: Self.logger)
  }

  func stop() async {
    await administration.shutdown()
    await running.stop()
  }

  func makeDatabase(_ name: String) async throws -> PostgresPool {
    _ = try await administration.query("CREATE DATABASE \(name)")
    return try pool(name, connections: 4)
  }

  /// A database with the schema of the store.
  func makeStore(_ name: String) async throws -> StoreDatabase {
    let pool = try await makeDatabase(name)
    try await JobStore.migrate(pool: pool, logger: Self.logger)
    return StoreDatabase(
      name: name, pool: pool, store: try await JobStore.open(pool: pool, logger: Self.logger))
  }

  func pool(_ database: String, connections: Int) throws -> PostgresPool {
    PostgresPool(
      configuration: try PostgresConfiguration(connectionString: connectionString(database)),
      maximumConnections: connections, logger: Self.logger)
  }

  func connectionString(_ database: String) -> String {
    cluster.connectionString.replacing("///\(EmbeddedCluster.name)?", with: "///\(database)?")
  }
}

struct StoreDatabase {
  let name: String
  let pool: PostgresPool
  let store: JobStore

  /// All that the server has written to its log so far.
  func walBytes() async throws -> Double {
    let rows = try await pool.query("SELECT (pg_current_wal_lsn() - '0/0')::float8 AS bytes")
    return try rows.first?.decode("bytes") ?? .nan
  }

  /// Tables with their indexes.
  func bytes() async throws -> Double {
    let rows = try await pool.query(
      "SELECT pg_database_size(current_database())::float8 AS bytes")
    return try rows.first?.decode("bytes") ?? .nan
  }

  /// Statistics as they would be, and nothing left to write from before.
  /// - Parameter checkpoint: After one, the first change to a page logs the whole page.
  func settle(checkpoint: Bool = true) async throws {
    try await pool.withConnection { connection in
      try await connection.execute("VACUUM ANALYZE")
      if checkpoint { try await connection.execute("CHECKPOINT") }
    }
  }
}

struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
}
