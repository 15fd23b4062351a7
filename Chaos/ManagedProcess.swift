import Foundation
import Synchronization

/// A process of the cluster under test. It ends with the harness: its standard input is a pipe that
/// nobody writes.
final class ManagedProcess: Sendable {
  private let process: Process
  private let lifeline: Pipe
  let startedAt = Date()

  var pid: pid_t { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// - Parameter log: Where its standard error goes, appended.
  /// - Throws: When the program cannot be started.
  init(
    _ program: URL, _ arguments: [String], environment: [String: String], output: Pipe? = nil,
    log: URL
  ) throws {
    process = Process()
    lifeline = Pipe()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = lifeline
    // Held by nobody else, or the child would outlive us.
    _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
    if !FileManager.default.fileExists(atPath: log.path) {
      _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    }
    let errors = try FileHandle(forWritingTo: log)
    try errors.seekToEnd()
    process.standardError = errors
    process.standardOutput = output ?? FileHandle.nullDevice
    try process.run()
    try errors.close()
  }

  func send(_ signal: Int32) { if process.isRunning { kill(pid, signal) } }

  /// The process and those that it has started itself, as when a whole machine goes.
  func sendToAll(_ signal: Int32) {
    for child in children { kill(child, signal) }
    send(signal)
  }

  var children: [pid_t] {
    guard process.isRunning else { return [] }
    let tasks = "/proc/\(pid)/task"
    return ((try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []).flatMap { task in
      let text = try? String(contentsOfFile: "\(tasks)/\(task)/children", encoding: .utf8)
      return (text ?? "").split(separator: " ").compactMap { pid_t($0) }
    }
  }

  /// - Returns: False when it still runs after `patience`.
  func ended(within patience: Duration) async -> Bool {
    let deadline = ContinuousClock.now + patience
    while process.isRunning {
      guard ContinuousClock.now < deadline else { return false }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  func killNow() async {
    sendToAll(SIGKILL)
    _ = await ended(within: .seconds(10))
    try? lifeline.fileHandleForWriting.close()
  }
}
