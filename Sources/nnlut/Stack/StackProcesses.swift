import Foundation
import Transformers

/// How the supervisor starts a coordinator process.
enum CoordinatorProcess {
  /// - Returns: The process and the port it listens on.
  static func start(databaseURL: String, port: Int, lifeline: Lifeline, log: URL) async throws
    -> (ChildProcess, port: Int)
  {
    let ready = try PrivatePipe.make()
    let output = try LogFile.open(log)
    var options = ChildProcess.Options()
    options.environment["DATABASE_URL"] = databaseURL
    options.descriptors = [0: -1, 1: output, 2: output, 3: ready.writing, 4: lifeline.reading]
    let child: ChildProcess
    do {
      defer {
        close(output)
        close(ready.writing)
      }
      child = try ChildProcess(
        [
          Executable.path, "coordinator", "--port", String(port), "--ready-fd", "3",
          "--lifeline-fd", "4",
        ], name: "coordinator", options: options)
    }
    let line = await PrivatePipe.readAll(ready.reading)
    guard let bound = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      child.send(SIGTERM)
      throw StackError(
        "the coordinator did not start: \(LogFile.lastLines(log))", remedy: "see \(log.path)")
    }
    return (child, bound)
  }
}

/// How the supervisor starts a worker process.
enum WorkerProcess {
  static func start(
    endpoint: URL, token: String, pool: String, cache: URL, lifeline: Lifeline, log: URL
  ) throws -> ChildProcess {
    let output = try LogFile.open(log)
    defer { close(output) }
    var options = ChildProcess.Options()
    for (name, value) in KernelClass.environment() { options.environment[name] = value }
    options.environment["NNLUT_TOKEN"] = token
    options.environment["NNLUT_ENDPOINT"] = endpoint.absoluteString
    options.descriptors = [0: -1, 1: output, 2: output, 3: lifeline.reading]
    return try ChildProcess(
      [
        Executable.path, "worker", "--pool", pool, "--cache", cache.path, "--allow-folder", "/",
        "--lifeline-fd", "3",
      ], name: "worker", options: options)
  }
}

/// Log files of the stack's processes, one line an event, appended.
enum LogFile {
  static func open(_ url: URL) throws -> Int32 {
    let descriptor = Foundation.open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StackError(
        "cannot write \(url.path): \(String(cString: strerror(errno)))",
        remedy: "check the folder's owner and free space")
    }
    return descriptor
  }

  /// The end of a log, for an error message.
  static func lastLines(_ url: URL, count: Int = 3) -> String {
    guard let handle = try? FileHandle(forReadingFrom: url) else { return "no log" }
    defer { try? handle.close() }
    let size = (try? handle.seekToEnd()) ?? 0
    try? handle.seek(toOffset: size > 4096 ? size - 4096 : 0)
    let bytes = (try? handle.readToEnd()) ?? nil
    let lines = String(decoding: bytes ?? Data(), as: UTF8.self).split(separator: "\n")
    return lines.suffix(count).joined(separator: " | ")
  }
}
