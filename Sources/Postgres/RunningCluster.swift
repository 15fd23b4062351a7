import Foundation

/// A server that this process has started. It ends with this process, however that ends.
public final class RunningCluster: Sendable {
  public let cluster: EmbeddedCluster
  /// While this pipe is open the server runs.
  private let lifeline: Pipe
  private let keeper: Process

  init(cluster: EmbeddedCluster, lifeline: Pipe, keeper: Process) {
    self.cluster = cluster
    self.lifeline = lifeline
    self.keeper = keeper
  }

  /// Shuts the server down quickly and waits for its end.
  public func stop() async {
    try? lifeline.fileHandleForWriting.close()
    let waiting = SerialThread(name: "postgres.stop")
    defer { waiting.end {} }
    _ = try? await waiting.run { [keeper] in keeper.waitUntilExit() }
  }
}

extension EmbeddedCluster {
  /// Prepares and starts the server and waits until it takes connections.
  /// - Parameter removedAtEnd: Folders that are removed when the server has ended, also when this
  ///   process was killed.
  /// - Throws: ``EmbeddedClusterError``, or ``PostgresError`` when the server does not come up.
  public func start(removedAtEnd: [URL] = []) async throws -> RunningCluster {
    try await prepare()
    let (keeper, lifeline) = (Process(), Pipe())
    keeper.executableURL = URL(filePath: "/bin/sh")
    keeper.arguments =
      ["-c", Self.keeperScript, "nnlut-postgres", "\(removedAtEnd.count)"]
      + removedAtEnd.map(\.path) + command
    keeper.currentDirectoryURL = URL(filePath: "/")
    keeper.standardInput = lifeline
    try keeper.run()
    let running = RunningCluster(cluster: self, lifeline: lifeline, keeper: keeper)
    do {
      try await waitUntilReady()
    } catch {
      await running.stop()
      throw error
    }
    return running
  }

  /// Its standard input ends when whoever started it ends. Signals from the terminal are not for
  /// it: the server stays until the pipe is closed.
  private static let keeperScript = """
    trap '' INT TERM HUP
    count=$1; shift
    folders=
    while [ "$count" -gt 0 ]; do folders="$folders '$1'"; shift; count=$((count - 1)); done
    setsid "$@" </dev/null &
    server=$!
    cat >/dev/null
    kill -INT "$server" 2>/dev/null
    wait "$server"
    [ -z "$folders" ] || eval "rm -rf $folders"
    """
}
