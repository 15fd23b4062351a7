import Foundation
import JobStore
import Jobs
import Logging
import Postgres

/// The database of a local stack: a private cluster kept by a process of its own, or a given
/// server. Migrated, and with tokens for the stack's own processes.
struct StackDatabase: Sendable {
  let url: String
  private let store: JobStore
  private let pool: PostgresPool
  private let keeper: DatabaseKeeper?

  /// - Throws: ``StackError`` or a database error that says what is missing.
  static func start(state: StateDirectory, logger: Logger) async throws -> StackDatabase {
    var keeper: DatabaseKeeper?
    let url: String
    if let given = ProcessInfo.processInfo.environment["DATABASE_URL"] {
      url = given
    } else {
      let cluster = try EmbeddedCluster(dataDirectory: state.postgres)
      let log = state.logs.appending(path: "postgres.log")
      let own = try DatabaseKeeper(cluster, log: log, logger: logger)
      try await own.start()
      keeper = own
      url = cluster.connectionString
      logger.info("database started", metadata: ["data": "\(state.postgres.path)"])
    }
    let pool = PostgresPool(
      configuration: try PostgresConfiguration(connectionString: url), maximumConnections: 2,
      logger: logger)
    let applied = try await JobStore.migrate(pool: pool, logger: logger)
    if !applied.isEmpty {
      logger.info("schema migrated", metadata: ["applied": "\(applied.joined(separator: ", "))"])
    }
    let store = try await JobStore.open(pool: pool, logger: logger)
    return StackDatabase(url: url, store: store, pool: pool, keeper: keeper)
  }

  /// Fresh tokens of this run of the stack; those of an earlier run are revoked.
  func issueTokens() async throws -> (admin: String, work: String) {
    let names = ["local-stack-admin", "local-stack-work"]
    for token in try await store.listTokens() where names.contains(token.name) {
      try await store.revokeToken(name: token.name)
    }
    return (
      try await store.createToken(name: names[0], role: .admin),
      try await store.createToken(name: names[1], role: .work)
    )
  }

  /// The desired size that `workers scale` stored; nil when none was ever stored.
  func storedPoolSize(_ pool: String) async throws -> Int? { try await store.pool(pool)?.desired }

  func storePoolSize(_ pool: String, desired: Int) async throws {
    _ = try await store.setPool(PoolSize(pool: pool, desired: desired))
  }

  /// Closes connections, then shuts the private cluster down and waits for it.
  func stop() async {
    await pool.shutdown()
    await keeper?.stop()
  }
}

/// A port nobody listens on now.
enum FreePort {
  static func find() throws -> Int {
    let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 ? getsockname(socket, $0, &length) : -1
      }
    }
    guard status == 0 else {
      throw StackError("no free port on 127.0.0.1 (errno \(errno))", remedy: "name one with --port")
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
