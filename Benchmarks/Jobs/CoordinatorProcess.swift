import CoordinatorClient
import Foundation

/// A coordinator as users run it, in a process of its own; it ends with this one.
final class CoordinatorProcess: Sendable {
  let endpoint: URL
  private let process: Process
  private let lifeline = Pipe()

  /// - Throws: ``BenchmarkError`` when it does not come up.
  init(databaseURL: String, folder: URL) async throws {
    process = Process()
    // Beside this program.
    process.executableURL = URL(filePath: CommandLine.arguments[0])
      .deletingLastPathComponent().appending(path: "nnlut")
    process.arguments = ["coordinator", "--port", "0", "--ready-fd", "1", "--lifeline-fd", "0"]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "DATABASE_URL": databaseURL, "NNLUT_LOG_LEVEL": "warning", "NNLUT_STATE_DIR": folder.path,
    ]) { $1 }
    let output = Pipe()
    process.standardInput = lifeline
    process.standardOutput = output
    try process.run()
    let line = await withCheckedContinuation { continuation in
      Thread {
        let bytes = (try? output.fileHandleForReading.readToEnd()) ?? nil
        continuation.resume(returning: String(decoding: bytes ?? Data(), as: UTF8.self))
      }.start()
    }
    guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)),
      let endpoint = URL(string: "http://127.0.0.1:\(port)")
    else { throw BenchmarkError(description: "a coordinator did not start") }
    self.endpoint = endpoint
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  /// Processor time that it has used, and memory that it has now.
  func usage() throws -> (seconds: Double, megabytes: Double) {
    let pid = process.processIdentifier
    // By the scheduler's own clock: ticks misjudge what runs for microseconds at a time.
    let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")
    let nanoseconds = tasks.compactMap { task in
      (try? String(contentsOfFile: "/proc/\(pid)/task/\(task)/schedstat", encoding: .utf8))?
        .split(separator: " ").first.flatMap { Double($0) }
    }.reduce(0, +)
    guard nanoseconds > 0 else {
      throw BenchmarkError(description: "/proc/\(pid)/task/…/schedstat is not as expected")
    }
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    let kilobytes = Double(line.filter(\.isNumber)) ?? .nan
    return (nanoseconds / 1e9, kilobytes / 1000)
  }
}
