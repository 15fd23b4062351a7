import Foundation
import Logging
import Postgres

/// The private PostgreSQL server of a lane: on disk, with fsync; it can be restarted in every way.
actor DatabaseServer {
  static let maximumConnections = 60

  let cluster: EmbeddedCluster
  /// The harness's own way in, past every proxy.
  nonisolated let socket: String
  private var running: RunningCluster?
  private var isRestarting = false

  init(folder: URL) async throws {
    cluster = try EmbeddedCluster(
      dataDirectory: folder.appending(path: "data"),
      settings: [
        "max_connections": String(Self.maximumConnections), "shared_buffers": "64MB",
        "log_min_messages": "panic", "restart_after_crash": "on", "wal_level": "minimal",
        "max_wal_senders": "0", "log_line_prefix": "",
      ])
    socket = cluster.socketDirectory.appending(path: ".s.PGSQL.5432").path
    running = try await cluster.start()
  }

  nonisolated func connectionString(_ database: String) -> String {
    cluster.connectionString.replacing("///\(EmbeddedCluster.name)?", with: "///\(database)?")
  }

  /// What programs behind a proxy on `port` use.
  nonisolated func connectionString(_ database: String, through port: Int) -> String {
    "postgresql://\(EmbeddedCluster.name)@127.0.0.1:\(port)/\(database)"
      + "?sslmode=disable&gssencmode=disable"
  }

  /// - Parameter immediate: As if the machine had crashed.
  func restart(immediate: Bool) async throws {
    guard !isRestarting else { return }
    isRestarting = true
    defer { isRestarting = false }
    if immediate, let postmaster { await end(postmaster, SIGQUIT) }
    await running?.stop()
    running = try await cluster.start()
  }

  func stop() async {
    await running?.stop()
    running = nil
    try? FileManager.default.removeItem(at: cluster.socketDirectory)
  }

  private var postmaster: pid_t? {
    let file = cluster.dataDirectory.appending(path: "postmaster.pid")
    let text = try? String(contentsOf: file, encoding: .utf8)
    return text?.split(separator: "\n").first.flatMap { pid_t($0) }
  }

  private func end(_ pid: pid_t, _ signal: Int32) async {
    kill(pid, signal)
    for _ in 0..<1000 where kill(pid, 0) == 0 {
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}
