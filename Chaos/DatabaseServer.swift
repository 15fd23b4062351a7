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
        "log_min_messages": "error", "logging_collector": "on", "log_filename": "server.log",
        "restart_after_crash": "on", "wal_level": "minimal", "max_wal_senders": "0",
      ])
    socket = cluster.socketDirectory.appending(path: ".s.PGSQL.5432").path
    running = try await cluster.start()
  }

  /// What the server has said since this lane began.
  nonisolated var log: URL { cluster.dataDirectory.appending(path: "log/server.log") }

  nonisolated func connectionString(_ database: String) -> String {
    cluster.connectionString.replacing("///\(EmbeddedCluster.name)?", with: "///\(database)?")
  }

  /// What programs behind a proxy on `port` use.
  nonisolated func connectionString(_ database: String, through port: Int) -> String {
    "postgresql://\(EmbeddedCluster.name)@127.0.0.1:\(port)/\(database)"
      + "?sslmode=disable&gssencmode=disable"
  }

  /// Like a supervisor: starts it again until it runs, since with a full disk it may not recover.
  /// - Parameter immediate: As if the machine had crashed.
  /// - Throws: What the last start said, when it has not come up for half a minute.
  func restart(immediate: Bool) async throws {
    guard !isRestarting else { return }
    isRestarting = true
    defer { isRestarting = false }
    if immediate, let postmaster { await end(postmaster, SIGQUIT) }
    await running?.stop()
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      do {
        running = try await cluster.start()
        return
      } catch let error as EmbeddedClusterError where ContinuousClock.now < deadline {
        say("server: \(error)")
        try await Task.sleep(for: .milliseconds(500))
      }
    }
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
