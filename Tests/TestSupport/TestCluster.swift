import Foundation
import Logging
import Postgres
import Synchronization

/// The private PostgreSQL cluster of a test run: in a temporary folder, gone with the test process,
/// also when that is killed. Without fsync, since it need not outlive a crash.
public final class TestCluster: Sendable {
  private static let sharedTask = Task { try await TestCluster() }

  /// Started by the first who asks.
  public static var shared: TestCluster {
    get async throws { try await sharedTask.value }
  }

  private let running: RunningCluster
  private let administration: PostgresPool
  private let templates = Mutex<[String: Task<Void, any Error>]>([:])
  private let counter = Mutex(0)

  private init() async throws {
    let folder = try TemporaryDirectory.make()
    let cluster = try EmbeddedCluster(
      dataDirectory: folder.appending(path: "data"),
      settings: [
        "fsync": "off", "full_page_writes": "off", "max_connections": "300",
        "log_min_messages": "panic",
      ])
    running = try await cluster.start(removedAtEnd: [folder, cluster.socketDirectory])
    administration = PostgresPool(
      configuration: try PostgresConfiguration(connectionString: cluster.connectionString),
      maximumConnections: 1, logger: Self.logger)
  }

  /// Says nothing.
  public static var logger: Logger {
    Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  }

  /// A new database of its own for one test.
  ///
  /// - Parameters:
  ///   - template: A name for what `prepare` does; done once, then copied.
  ///   - prepare: Gives the database its schema; gets its connection string.
  /// - Returns: The database's connection string.
  public func database(
    template: String = "empty",
    prepare: @escaping @Sendable (String) async throws -> Void = { _ in }
  ) async throws -> String {
    let name = "template_\(template)"
    let making = templates.withLock { templates in
      if let task = templates[name] { return task }
      let task = Task {
        _ = try await administration.query("CREATE DATABASE \(name)")
        try await prepare(connectionString(name))
      }
      templates[name] = task
      return task
    }
    try await making.value
    let number = counter.withLock {
      $0 += 1
      return $0
    }
    let database = "test_\(number)"
    _ = try await administration.query("CREATE DATABASE \(database) TEMPLATE \(name)")
    return connectionString(database)
  }

  private func connectionString(_ database: String) -> String {
    running.cluster.connectionString.replacing(
      "///\(EmbeddedCluster.name)?", with: "///\(database)?")
  }
}
