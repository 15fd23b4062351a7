import Foundation

/// A PostgreSQL cluster of our own: a Unix socket in a private folder, peer authentication, no TCP.
/// Started by root, the server runs as the user `postgres`.
public struct EmbeddedCluster: Sendable {
  /// The role and the database.
  public static let name = "nnlut"

  public let dataDirectory: URL
  /// Short and of mode 0700; the same for the same data directory.
  public let socketDirectory: URL
  let binaries: URL
  /// Whom the server runs as, when that is not the current user.
  let serverUser: OperatingSystemUser?
  private let settings: [String: String]

  /// - Parameters:
  ///   - dataDirectory: Made by ``prepare()`` when it is not there.
  ///   - settings: Server settings that replace ours, for example `fsync: off` for tests.
  /// - Throws: ``EmbeddedClusterError`` when the server is not installed.
  public init(dataDirectory: URL, settings: [String: String] = [:]) throws {
    self.dataDirectory = dataDirectory.standardizedFileURL
    self.settings = settings
    binaries = try Self.findBinaries()
    if geteuid() == 0 {
      guard let user = OperatingSystemUser.named("postgres") else {
        throw EmbeddedClusterError(
          problem: "there is no user 'postgres', and PostgreSQL does not run as root",
          remedy: "apt-get install postgresql-15, or start nnlut as another user")
      }
      serverUser = user
    } else {
      serverUser = nil
    }
    // A socket's whole path must stay under 108 bytes, so it lies apart from the data.
    let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"].flatMap {
      geteuid() != 0 && $0.utf8.count < 60 ? $0 : nil
    }
    socketDirectory = URL(
      filePath: "\(runtime ?? "/tmp")/nnlut-\(Self.shortHash(self.dataDirectory.path))",
      directoryHint: .isDirectory)
  }

  /// What runs the server in the foreground: SIGINT shuts it down quickly, SIGTERM waits for its
  /// clients, and a crash is repaired at the next start.
  public var command: [String] {
    var arguments = asServerUser([binaries.appending(path: "postgres").path])
    arguments += ["-D", dataDirectory.path]
    let all = [
      "listen_addresses": "", "unix_socket_directories": socketDirectory.path,
      "unix_socket_permissions": "0700", "max_connections": "100",
      "shared_buffers": "128MB", "log_min_messages": "warning", "log_line_prefix": "%m [%p] ",
    ].merging(settings) { $1 }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) {
      arguments += ["-c", "\(name)=\(value)"]
    }
    return arguments
  }

  /// For ``PostgresConfiguration`` and `DATABASE_URL`; holds no secret.
  public var connectionString: String {
    let host = socketDirectory.path.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    return "postgresql:///\(Self.name)?host=\(host ?? "")&user=\(Self.name)"
  }

  /// Waits until the server takes connections.
  /// - Parameter isAlive: Whether waiting still makes sense: whether what was started still runs.
  /// - Throws: The last ``PostgresError`` when it does not within `patience`;
  ///   ``EmbeddedClusterError`` when it is not alive any more.
  public func waitUntilReady(
    patience: Duration = .seconds(60), while isAlive: @Sendable () -> Bool = { true }
  ) async throws {
    let configuration = try PostgresConfiguration(connectionString: connectionString)
    let deadline = ContinuousClock.now + patience
    while true {
      do {
        try await PostgresConnection.connect(configuration).close()
        return
      } catch let error as PostgresError where error.isUnavailable {
        guard isAlive() else {
          throw EmbeddedClusterError(
            problem: "PostgreSQL in \(dataDirectory.path) ended while it started",
            remedy: "its log says why: often a full disk, a wrong setting or other permissions")
        }
        guard ContinuousClock.now < deadline else { throw error }
        try await Task.sleep(for: .milliseconds(30))
      }
    }
  }

  func asServerUser(_ arguments: [String]) -> [String] {
    guard let serverUser else { return arguments }
    return [
      "setpriv", "--reuid=\(serverUser.name)", "--regid=\(serverUser.name)", "--init-groups",
    ] + arguments
  }

  /// FNV-1a, 64 bits.
  private static func shortHash(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 36)
  }
}
