import Foundation

/// Where the local stack keeps everything.
struct StateDirectory: Sendable {
  let root: URL

  /// `given`, else `NNLUT_STATE_DIR`, else `/var/lib/nnlut` for root, else
  /// `$XDG_STATE_HOME/nnlut` (`~/.local/state/nnlut`).
  init(given: String?) {
    let environment = ProcessInfo.processInfo.environment
    if let path = given ?? environment["NNLUT_STATE_DIR"] {
      root = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    } else if geteuid() == 0 {
      root = URL(fileURLWithPath: "/var/lib/nnlut", isDirectory: true)
    } else if let home = environment["XDG_STATE_HOME"], home.hasPrefix("/") {
      root = URL(fileURLWithPath: home, isDirectory: true).appending(path: "nnlut")
    } else {
      root = FileManager.default.homeDirectoryForCurrentUser
        .appending(path: ".local/state/nnlut")
    }
  }

  var postgres: URL { root.appending(path: "postgres") }
  var cache: URL { root.appending(path: "cache") }
  var logs: URL { root.appending(path: "logs") }
  var endpointFile: URL { root.appending(path: "endpoint.json") }
  /// Present while `nnlut up` wants the stack to stay without users.
  var stayMarker: URL { root.appending(path: "stay") }
  var pidFile: URL { root.appending(path: "supervisor.pid") }

  /// Held while a client starts the stack or decides whether to.
  func startLock() throws -> FileLock { try FileLock(root.appending(path: "start.lock")) }
  /// Held shared by each user of the stack, exclusively by a supervisor that stops.
  func usersLock() throws -> FileLock { try FileLock(root.appending(path: "users.lock")) }
  /// Held by the supervisor for its whole life.
  func supervisorLock() throws -> FileLock { try FileLock(root.appending(path: "supervisor.lock")) }

  /// Makes the folders: readable by others only where `postgres` must pass through.
  /// - Throws: ``StackError`` when that is not allowed.
  func prepare() throws {
    do {
      for folder in [root, cache, logs] {
        try FileManager.default.createDirectory(
          at: folder, withIntermediateDirectories: true,
          attributes: [.posixPermissions: folder == root ? 0o711 : 0o700])
      }
    } catch {
      throw StackError(
        "cannot make \(root.path): \(Readable.reason(error))",
        remedy: "name a folder you may write to with --state-dir or NNLUT_STATE_DIR")
    }
  }
}

/// How clients on this machine find the running stack: a file of mode 0600.
struct EndpointFile: Codable, Sendable {
  var endpoint: URL
  var token: String

  static func read(_ url: URL) -> EndpointFile? {
    guard let bytes = try? Data(contentsOf: url), bytes.count < 65536 else { return nil }
    return try? JSONDecoder().decode(EndpointFile.self, from: bytes)
  }

  func write(_ url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try writeSecretFile(try encoder.encode(self), to: url)
  }
}

/// Writes a file that only its owner can read, all of it or nothing.
func writeSecretFile(_ bytes: Data, to url: URL) throws {
  let temporary = url.path + ".\(getpid()).new"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else {
    throw StackError(
      "cannot write \(url.path): \(String(cString: strerror(errno)))",
      remedy: "check the folder's owner and free space")
  }
  let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  try handle.write(contentsOf: bytes)
  try handle.synchronize()
  guard rename(temporary, url.path) == 0 else {
    throw StackError(
      "cannot write \(url.path): \(String(cString: strerror(errno)))",
      remedy: "check the folder's owner and free space")
  }
}
