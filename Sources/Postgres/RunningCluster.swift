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
  /// - Parameters:
  ///   - removedAtEnd: Folders that are removed when the server has ended, also when this process
  ///     was killed.
  ///   - shutdownSeconds: A server that is asked to shut down and still runs after this is ended
  ///     immediately, and recovers at its next start. PostgreSQL 15 would hang for ever when it is
  ///     asked while it recovers from a backend's crash.
  /// - Throws: ``EmbeddedClusterError``, or ``PostgresError`` when the server does not come up.
  public func start(removedAtEnd: [URL] = [], shutdownSeconds: Int = 15) async throws
    -> RunningCluster
  {
    try await prepare()
    let (keeper, lifeline) = (Process(), Pipe())
    keeper.executableURL = URL(filePath: "/bin/sh")
    keeper.arguments =
      ["-c", Self.keeperScript, "nnlut-postgres", "\(shutdownSeconds)", "\(removedAtEnd.count)"]
      + removedAtEnd.map(\.path) + command
    keeper.currentDirectoryURL = URL(filePath: "/")
    keeper.standardInput = lifeline
    let starting = SerialThread(name: "postgres.start")
    defer { starting.end {} }
    try await starting.run {
      // A shell waits for nothing and traps nothing whose signal its starter's thread had blocked.
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)
      try keeper.run()
    }
    let running = RunningCluster(cluster: self, lifeline: lifeline, keeper: keeper)
    do {
      try await waitUntilReady(while: { keeper.isRunning })
    } catch {
      await running.stop()
      throw error
    }
    return running
  }

  /// Waits for the server and ends with it. Its standard input ends when whoever started it ends,
  /// and then it ends the server. Signals from the terminal are not for it: the server stays until
  /// the pipe is closed.
  private static let keeperScript = """
    trap '' INT TERM HUP
    seconds=$1; count=$2; shift 2
    folders=
    while [ "$count" -gt 0 ]; do folders="$folders '$1'"; shift; count=$((count - 1)); done
    exec 3<&0
    setsid "$@" </dev/null 3<&- &
    server=$!
    (
    reader=
    trap '[ -z "$reader" ] || kill -9 "$reader"; exit' USR1
    cat <&3 >/dev/null & reader=$!
    wait "$reader"; reader=
    kill -INT "$server"
    while [ "$seconds" -gt 0 ]; do sleep 1; seconds=$((seconds - 1)); done
    kill -QUIT "$server"
    ) >/dev/null 2>&1 &
    ender=$!
    wait "$server"
    kill -USR1 "$ender" 2>/dev/null
    [ -z "$folders" ] || eval "rm -rf $folders"
    """
}
