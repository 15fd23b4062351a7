import CoordinatorClient
import Foundation

/// The private stack of this machine, as its users see it: start it or find it running, use it,
/// leave it. The last user to leave ends it, unless `nnlut up` wants it to stay.
struct LocalStack: Sendable {
  let state: StateDirectory

  /// A held use of the stack: as long as it lives the supervisor keeps everything running.
  final class Use: Sendable {
    let endpoint: EndpointFile
    fileprivate let users: FileLock

    fileprivate init(endpoint: EndpointFile, users: FileLock) {
      self.endpoint = endpoint
      self.users = users
    }
  }

  struct Options: Sendable {
    /// Nil: what the stack had before, or one for each core.
    var workers: Int?
    /// Stay until `nnlut down`.
    var stays = false
    /// Run against this server instead of a private cluster.
    var databaseURL: String?
    var port = 0
    /// Workers may fetch sources from private addresses.
    var allowsPrivateAddresses = false
  }

  /// Whether a supervisor is alive.
  func isRunning() throws -> Bool {
    let lock = try state.supervisorLock()
    // Shared, so that two who ask at the same time do not take each other for a supervisor.
    if lock.tryLock(.shared) {
      lock.unlock()
      return false
    }
    return true
  }

  /// As ``isRunning()``, without making the state folder.
  func isRunningIfPresent() throws -> Bool {
    guard FileManager.default.fileExists(atPath: state.root.path) else { return false }
    return try isRunning()
  }

  /// Deletes database, cache and logs of a stack that has stopped.
  func purge() throws {
    for folder in [state.postgres, state.cache, state.logs, state.endpointFile, state.pidFile]
    where FileManager.default.fileExists(atPath: folder.path) {
      try FileManager.default.removeItem(at: folder)
    }
  }

  /// Starts the stack or finds it running.
  /// - Throws: ``StackError`` with the last lines of the supervisor's log when it cannot start.
  func use(_ options: Options) async throws -> Use {
    try state.prepare()
    let starting = try state.startLock()
    await starting.locked(.exclusive)
    defer { starting.unlock() }
    let users = try state.usersLock()
    // Waits for a supervisor that is just stopping.
    await users.locked(.shared)
    if options.stays { try writeSecretFile(Data(), to: state.stayMarker) }
    if try isRunning(), let endpoint = EndpointFile.read(state.endpointFile) {
      return Use(endpoint: endpoint, users: users)
    }
    let endpoint = try await startSupervisor(options)
    return Use(endpoint: endpoint, users: users)
  }

  /// Gives the use back. Waits until the stack has ended if this was its last user.
  func leave(_ use: Use) async throws {
    use.users.unlock()
    guard !FileManager.default.fileExists(atPath: state.stayMarker.path) else { return }
    let supervisor = try state.supervisorLock()
    let users = try state.usersLock()
    var othersSeen = 0
    // A stopping supervisor holds the users' lock alone; other users hold it shared.
    while !supervisor.tryLock(.exclusive) {
      if users.tryLock(.shared) {
        users.unlock()
        othersSeen += 1
        if othersSeen > 40 { return }
      } else {
        othersSeen = 0
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    supervisor.unlock()
  }

  /// Ends the stack whoever uses it.
  /// - Parameter isUrgent: Do not wait for workers to finish what they run.
  func stop(isUrgent: Bool = false) async throws {
    try? FileManager.default.removeItem(at: state.stayMarker)
    guard try isRunning(), let pid = supervisorPID() else { return }
    _ = kill(pid, isUrgent ? SIGINT : SIGTERM)
    try await state.supervisorLock().locked(.exclusive)
  }

  private func supervisorPID() -> pid_t? {
    guard let text = try? String(contentsOf: state.pidFile, encoding: .utf8) else { return nil }
    return pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  private func startSupervisor(_ options: Options) async throws -> EndpointFile {
    try? FileManager.default.removeItem(at: state.endpointFile)
    let ready = try PrivatePipe.make()
    let logFile = state.logs.appending(path: "supervisor.log").path
    let log = open(logFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else {
      throw StackError(
        "cannot write \(logFile): \(String(cString: strerror(errno)))",
        remedy: "check the folder's owner and free space")
    }
    var arguments = [
      Executable.path, "supervise", "--state-dir", state.root.path, "--ready-fd", "3",
      "--port", String(options.port),
    ]
    if let workers = options.workers { arguments += ["--workers", String(workers)] }
    var spawn = ChildProcess.Options()
    spawn.descriptors = [0: -1, 1: log, 2: log, 3: ready.writing]
    spawn.newSession = true
    if let url = options.databaseURL { spawn.environment["DATABASE_URL"] = url }
    if options.allowsPrivateAddresses { spawn.environment["NNLUT_ALLOW_PRIVATE_ADDRESSES"] = "1" }
    let child: ChildProcess
    do {
      defer {
        close(log)
        close(ready.writing)
      }
      child = try ChildProcess(arguments, name: "supervisor", options: spawn)
    }
    // Reaped here, so that it does not stay a zombie while this process lives.
    Task.detached { _ = await child.exit() }
    let message = await PrivatePipe.readAll(ready.reading)
    guard message.hasPrefix("ready"), let endpoint = EndpointFile.read(state.endpointFile) else {
      let reason = message.isEmpty ? "it ended at once" : message
      throw StackError(
        "the private stack did not start: \(reason)",
        remedy: "see \(logFile), and `nnlut doctor` for what may be missing")
    }
    return endpoint
  }
}

/// This program's own file.
enum Executable {
  static let path: String =
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    ?? CommandLine.arguments.first ?? "nnlut"
}
