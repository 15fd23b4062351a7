import Foundation

/// A worker process that runs only between `goOn` and `pause`.
final class WorkerUnderControl {
  private let process: Process

  init(_ process: Process) { self.process = process }

  /// As it appears in the worker's name.
  var pid: String { String(process.processIdentifier) }

  func goOn() { Foundation.kill(process.processIdentifier, SIGCONT) }
  func pause() { Foundation.kill(process.processIdentifier, SIGSTOP) }

  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

/// What runs on this machine, from /proc.
enum ProcessTable {
  /// Processes that work for the stack whose state folder is `state`: it stands in their
  /// environment or on their command line.
  /// - Parameter named: A word of the command line; empty for all.
  static func children(named name: String, under state: URL) throws -> [pid_t] {
    let own = getpid()
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { entry in
      guard let pid = pid_t(entry), pid != own else { return nil }
      let command = read("/proc/\(entry)/cmdline")
      let environment = read("/proc/\(entry)/environ")
      guard !command.isEmpty else { return nil }
      let words = command.split(separator: "\0").map(String.init)
      let belongs = (command + "\0" + environment).contains(state.path)
      return belongs && (name.isEmpty || words.contains(name)) ? pid : nil
    }
  }

  private static func read(_ path: String) -> String {
    guard let handle = FileHandle(forReadingAtPath: path) else { return "" }
    defer { try? handle.close() }
    return String(decoding: ((try? handle.readToEnd()) ?? nil) ?? Data(), as: UTF8.self)
  }
}
