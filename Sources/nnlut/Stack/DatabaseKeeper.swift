import Foundation
import Logging
import Postgres

/// Keeps the local stack's PostgreSQL running: a server that dies is started again, and recovers.
actor DatabaseKeeper {
  private let cluster: EmbeddedCluster
  private let log: URL
  private let logger: Logger
  private let lifeline: Lifeline
  private var child: ChildProcess?
  private var running: Task<Void, Never>?
  private var crashes = Backoff()
  private var isUp = false
  private var isStopping = false

  init(_ cluster: EmbeddedCluster, log: URL, logger: Logger) throws {
    self.cluster = cluster
    self.log = log
    self.logger = logger
    lifeline = try Lifeline()
  }

  /// Starts the server and waits until it takes connections. Call it once.
  /// - Throws: ``StackError`` with the end of its log when it does not come up.
  func start() async throws {
    try await cluster.prepare()
    let first = try spawn()
    child = first
    running = Task { await run() }
    do {
      try await cluster.waitUntilReady(while: { kill(first.pid, 0) == 0 })
    } catch {
      await stop()
      throw StackError(
        "PostgreSQL did not start: \(error): \(LogFile.lastLines(log))", remedy: "see \(log.path)")
    }
    isUp = true
  }

  private func run() async {
    while let child {
      let status = await child.exit()
      self.child = nil
      while self.child == nil {
        guard isUp, !isStopping else { return }
        logger.warning(
          "database ended, starting it again",
          metadata: ["status": "\(status)", "log": "\(LogFile.lastLines(log))"])
        try? await Task.sleep(for: crashes.next())
        guard !isStopping else { return }
        do { self.child = try spawn() } catch {
          logger.error("database does not start", metadata: ["error": "\(error)"])
        }
      }
    }
  }

  /// A process of its own between us and the server shuts it down however we end.
  private func spawn() throws -> ChildProcess {
    let output = try LogFile.open(log)
    defer { close(output) }
    var options = ChildProcess.Options()
    options.descriptors = [0: -1, 1: output, 2: output, 3: lifeline.reading]
    return try ChildProcess(
      [Executable.path, "keep", "--lifeline-fd", "3", "--"] + cluster.command, name: "postgres",
      options: options)
  }

  /// Shuts the server down and waits for its end. Call it once.
  func stop() async {
    isStopping = true
    close(lifeline.writing)
    running?.cancel()
    await running?.value
  }
}
