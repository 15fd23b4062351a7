import Foundation
import Postgres

/// A PostgreSQL server and a standby that it waits for at every commit (`synchronous_standby_names`),
/// as a highly available database has them.
public struct ReplicatedCluster: Sendable {
  private let primary: EmbeddedCluster
  private let standby: EmbeddedCluster
  private let processes: [RunningCluster]

  /// For libpq: the one of the two that takes writes.
  public var connectionString: String {
    let hosts = [primary, standby].map(\.socketDirectory.path).joined(separator: ",")
      .addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    return "postgresql:///\(EmbeddedCluster.name)?host=\(hosts ?? "")&user=\(EmbeddedCluster.name)"
      + "&target_session_attrs=read-write"
  }

  /// Lends `body` the two, and ends them.
  public static func with<Result>(
    _ body: (ReplicatedCluster) async throws -> Result
  ) async throws -> Result {
    try await TemporaryDirectory.with { folder in
      let cluster = try await ReplicatedCluster(in: folder)
      do {
        let result = try await body(cluster)
        await cluster.stop()
        return result
      } catch {
        await cluster.stop()
        throw error
      }
    }
  }

  private init(in folder: URL) async throws {
    func cluster(_ name: String) throws -> EmbeddedCluster {
      try EmbeddedCluster(
        dataDirectory: folder.appending(path: name),
        settings: ["log_min_messages": "panic", "shared_buffers": "32MB"])
    }
    primary = try cluster("primary")
    standby = try cluster("standby")
    let first = try await primary.start(removedAtEnd: [primary.socketDirectory])
    do {
      try await Self.allowReplication(from: primary)
      try Self.copy(primary, to: standby)
      processes = [
        first, try await standby.start(removedAtEnd: [standby.socketDirectory]),
      ]
      try await Self.query(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
      try await Self.query(primary, "SELECT pg_reload_conf()")
      while try await Self.query(
        primary, "SELECT 1 AS one FROM pg_stat_replication WHERE sync_state = 'sync'"
      ).isEmpty {}
    } catch {
      await first.stop()
      throw error
    }
  }

  /// The server that takes writes is killed, and the other takes its place.
  /// - Throws: When it cannot be promoted.
  public func failOver() async throws {
    let file = primary.dataDirectory.appending(path: "postmaster.pid")
    let text = try String(contentsOf: file, encoding: .utf8)
    guard let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }) else {
      throw EmbeddedClusterError(problem: "\(file.path) names no process", remedy: "see its server")
    }
    kill(pid, SIGKILL)
    try await Self.query(standby, "SELECT pg_promote()")
  }

  private func stop() async {
    for process in processes { await process.stop() }
  }

  private static func allowReplication(from primary: EmbeddedCluster) async throws {
    let file = try FileHandle(
      forWritingTo: primary.dataDirectory.appending(path: "pg_hba.conf"))
    try file.seekToEnd()
    try file.write(
      contentsOf: Data("local replication all peer map=\(EmbeddedCluster.name)\n".utf8))
    try file.close()
    try await query(primary, "SELECT pg_reload_conf()")
  }

  private static func copy(_ primary: EmbeddedCluster, to standby: EmbeddedCluster) throws {
    let folder = standby.dataDirectory.path
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    var arguments = [
      try EmbeddedCluster.findBinaries().appending(path: "pg_basebackup").path, "-D", folder, "-R",
      "-X", "stream", "-c", "fast", "-h", primary.socketDirectory.path, "-U", EmbeddedCluster.name,
    ]
    if geteuid() == 0, let user = getpwnam("postgres") {
      chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
      arguments = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + arguments
    }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: "/")
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw EmbeddedClusterError(
        problem: "pg_basebackup ended with \(process.terminationStatus)", remedy: "see above")
    }
  }

  @discardableResult
  private static func query(_ cluster: EmbeddedCluster, _ sql: String) async throws
    -> [PostgresRow]
  {
    let connection = try await PostgresConnection.connect(
      PostgresConfiguration(connectionString: cluster.connectionString))
    defer { connection.close() }
    return try await connection.query(sql)
  }
}
