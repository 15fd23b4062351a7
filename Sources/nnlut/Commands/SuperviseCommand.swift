import ArgumentParser
import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Logging
import Postgres

/// The process that owns a local stack. Started by `run` and `up`.
struct SuperviseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "supervise", shouldDisplay: false)

  @Option var stateDir: String
  @Option var readyFd: Int32
  @Option var port = 0
  @Option var workers: Int?
  @OptionGroup var logging: LogOptions
  @OptionGroup var settings: SettingsOptions

  func run() async throws {
    let ready = ReadyPipe(readyFd)
    do {
      try await supervise(ready)
    } catch {
      ready.say("\(error)")
      throw error
    }
  }

  private func supervise(_ ready: ReadyPipe) async throws {
    let state = StateDirectory(given: stateDir)
    try state.prepare()
    let signals = SignalStream([SIGTERM, SIGINT, SIGHUP])
    let life = try state.supervisorLock()
    await life.locked(.exclusive)
    let logger = try logging.logger("supervisor", settings: try settings.load())
    try Data("\(getpid())\n".utf8).write(to: state.pidFile)

    let database = try await StackDatabase.start(state: state, logger: logger)
    do {
      let supervisor = try await start(state: state, database: database, logger: logger)
      ready.say("ready")
      let pool = Task { await supervisor.followPool() }
      let isUrgent = await Self.end(state: state, signals: signals)
      logger.info("stopping", metadata: ["urgent": "\(isUrgent)"])
      try? FileManager.default.removeItem(at: state.endpointFile)
      pool.cancel()
      await supervisor.stop(grace: isUrgent ? 0.2 : 25)
    } catch {
      await database.stop()
      throw error
    }
    await database.stop()
    try? FileManager.default.removeItem(at: state.pidFile)
    logger.info("stopped")
  }

  private func start(state: StateDirectory, database: StackDatabase, logger: Logger) async throws
    -> Supervisor
  {
    let tokens = try await database.issueTokens()
    let stored = try await database.storedPoolSize("default")
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let count = workers ?? stored ?? cores
    try await database.storePoolSize("default", desired: count)
    let chosenPort = try port == 0 ? FreePort.find() : port
    guard let endpoint = URL(string: "http://127.0.0.1:\(chosenPort)") else {
      throw StackError("no address for port \(chosenPort)", remedy: "name another with --port")
    }
    let supervisor = try Supervisor(
      state: state,
      stack: .init(
        databaseURL: database.url, endpoint: endpoint, workerToken: tokens.work,
        adminToken: tokens.admin, workers: count), logger: logger)
    try await supervisor.startCoordinator()
    try EndpointFile(endpoint: endpoint, token: tokens.admin).write(state.endpointFile)
    return supervisor
  }

  /// Waits for a signal, or for the last user of a stack that need not stay.
  /// - Returns: Whether workers get no time to finish.
  private static func end(state: StateDirectory, signals: SignalStream) async -> Bool {
    let (ends, continuation) = AsyncStream.makeStream(of: Bool.self)
    let signalTask = Task {
      if let signal = await signals.first() { continuation.yield(signal == SIGINT) }
    }
    // Not awaited: a thread that waits for a file lock cannot be called back.
    Task {
      guard let users = try? state.usersLock() else { return }
      while true {
        await users.locked(.exclusive)
        if !FileManager.default.fileExists(atPath: state.stayMarker.path) {
          HeldLocks.keep(users)
          continuation.yield(false)
          return
        }
        users.unlock()
        try? await Task.sleep(for: .seconds(1))
      }
    }
    defer { signalTask.cancel() }
    for await isUrgent in ends { return isUrgent }
    return false
  }
}

/// Locks held until the process ends.
enum HeldLocks {
  static func keep(_ lock: FileLock) { _ = Unmanaged.passRetained(lock) }
}

/// Tells the process that started this one how the start went, once.
struct ReadyPipe {
  private let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  func say(_ text: String) {
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    try? handle.write(contentsOf: Data(text.utf8))
    close(descriptor)
  }
}
