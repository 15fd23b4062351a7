import CoordinatorClient
import Foundation
import Jobs
import Logging
import Synchronization
import Transformers

/// Watches over a worker's process: passes signals on, and when it dies of one says so to the
/// coordinator, so that its work comes back at once and the user learns what it died of; then starts
/// it again.
final class WorkerKeeper: Sendable {
  /// The worker's own arguments, from `worker` on.
  private let arguments: [String]
  /// Whether a worker that died is started again.
  private let restarts: Bool
  /// What a worker that is asked to end gets to finish its work.
  private let grace: Duration
  private let client: CoordinatorClient
  /// Never told, whatever the worker wrote.
  private let secret: String
  private let logger: Logger
  private let state = Mutex(State())

  private struct State {
    var child: ChildProcess?
    var isStopping = false
  }

  init(
    arguments: [String], restarts: Bool, graceSeconds: Double, endpoint: EndpointFile,
    logger: Logger
  ) {
    self.arguments = arguments
    self.restarts = restarts
    grace = .seconds(graceSeconds)
    client = CoordinatorClient(
      endpoint: endpoint.endpoint, token: endpoint.token,
      retries: RetryPolicy(
        maximumTries: 6, firstDelay: .milliseconds(250), longestDelay: .seconds(5)))
    secret = endpoint.token
    self.logger = logger
  }

  /// Beyond its grace, for a worker to say goodbye.
  private static let margin = Duration.seconds(10)

  /// Passes a signal on; no worker is started after the first. One that is still there some time
  /// after its grace is killed: it hangs, as one does that was hit by a second crash in the middle
  /// of a first.
  func stop(_ signal: Int32) {
    let (child, isFirst) = state.withLock { state in
      defer { state.isStopping = true }
      return (state.child, !state.isStopping)
    }
    child?.send(signal)
    guard isFirst, let child else { return }
    Task {
      try await Task.sleep(for: grace + Self.margin)
      if state.withLock({ $0.child === child }) { child.send(SIGKILL) }
    }
  }

  /// Runs workers until one ends by itself, or was asked to.
  /// - Returns: Its exit status, or 128 + the signal that it died of.
  /// - Throws: `ChildProcess.SpawnError` when none can be started.
  func run() async throws -> Int32 {
    var pauses = Backoff()
    while true {
      let (end, session, log) = try await runOnce()
      guard case .signalled(let signal) = end else { return end.status }
      let name = SignalName.of(signal)
      let isStopping = state.withLock(\.isStopping)
      let willRestart = restarts && !isStopping
      logger.error(
        "the worker's process died",
        metadata: ["signal": "\(name)", "again": "\(willRestart)"])
      if let session {
        let report = CrashReport(signal: name, log: log.replacing(secret, with: "[token]"))
        if willRestart {
          Task { await tell(session, report) }
        } else {
          await tell(session, report)
        }
      }
      guard willRestart else { return end.status }
      try await Task.sleep(for: pauses.next())
      if state.withLock(\.isStopping) { return end.status }
    }
  }

  /// - Returns: How it ended, the session that it had last, and the last lines that it wrote.
  private func runOnce() async throws -> (ProcessEnd, UUID?, String) {
    let lifeline = try Lifeline()
    let errors = try PrivatePipe.make()
    let sessions = try PrivatePipe.make()
    var options = ChildProcess.Options()
    for (name, value) in KernelClass.environment() { options.environment[name] = value }
    // Where Swift shows what crashed, that alone: the last lines are for people.
    options.environment["SWIFT_BACKTRACE"] =
      options.environment["SWIFT_BACKTRACE"]
      ?? "threads=crashed,registers=none,images=none,limit=12,interactive=no,color=no"
    // Whoever ends this process's group ends the worker with it.
    options.joinsGroup = true
    options.descriptors = [
      0: -1, 1: 1, 2: errors.writing, 3: lifeline.reading, 4: sessions.writing,
    ]
    let child: ChildProcess
    do {
      defer {
        for descriptor in [errors.writing, lifeline.reading, sessions.writing] {
          close(descriptor)
        }
      }
      child = try ChildProcess(
        [Executable.path] + arguments + ["--keeper-fd", "3", "--session-fd", "4"], name: "worker",
        options: options)
    }
    defer { close(lifeline.writing) }
    let wasStopped = state.withLock { state in
      state.child = child
      return state.isStopping
    }
    if wasStopped { child.send(SIGTERM) }
    let log = PipeTail(forwardingTo: STDERR_FILENO)
    let said = PipeTail()
    async let lines: Void = log.follow(errors.reading)
    async let words: Void = said.follow(sessions.reading)
    let end = await child.end()
    state.withLock { $0.child = nil }
    log.processEnded()
    said.processEnded()
    _ = await (lines, words)
    let session = said.text.split(separator: "\n").last.flatMap { UUID(uuidString: String($0)) }
    return (end, session, log.text)
  }

  private func tell(_ session: UUID, _ report: CrashReport) async {
    do {
      try await client.crashed(session, report)
    } catch {
      logger.warning(
        "the coordinator was not told of it and finds out by the lease",
        metadata: ["error": "\(error)"])
    }
  }
}

/// What a process wrote last.
final class PipeTail: Sendable {
  private static let longestBytes = CrashReport.longestLog
  private static let longestLines = 20
  private let state = Mutex((bytes: Data(), hasEnded: false))
  /// Where it is passed on to as it comes.
  private let forward: Int32?

  init(forwardingTo forward: Int32? = nil) { self.forward = forward }

  /// The last lines, whole characters.
  var text: String {
    let kept = state.withLock { String(decoding: $0.bytes, as: UTF8.self) }
    return kept.split(separator: "\n").suffix(Self.longestLines).joined(separator: "\n")
  }

  func add(_ piece: UnsafeRawBufferPointer) {
    state.withLock { $0.bytes = Data(($0.bytes + Data(piece)).suffix(Self.longestBytes)) }
  }

  /// The process has ended: what is in the pipe is read, whoever else still holds its far end.
  func processEnded() { state.withLock { $0.hasEnded = true } }

  /// Reads until the far end closes; closes `descriptor`.
  func follow(_ descriptor: Int32) async {
    await withCheckedContinuation { continuation in
      let thread = Thread {
        self.readAll(descriptor)
        close(descriptor)
        continuation.resume()
      }
      thread.stackSize = 256 * 1024
      thread.start()
    }
  }

  private func readAll(_ descriptor: Int32) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 1)
    defer { buffer.deallocate() }
    while true {
      let wasEnded = state.withLock(\.hasEnded)
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, wasEnded ? 0 : 200)
      if ready == 0 {
        if wasEnded { return }
        continue
      }
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      add(piece)
      if let forward { _ = StandardStream.write(piece, to: forward) }
    }
  }
}

/// Names of the signals that processes die of.
enum SignalName {
  static func of(_ signal: Int32) -> String {
    switch signal {
    case SIGSEGV: "SIGSEGV"
    case SIGBUS: "SIGBUS"
    case SIGILL: "SIGILL"
    case SIGFPE: "SIGFPE"
    case SIGABRT: "SIGABRT"
    case SIGTRAP: "SIGTRAP"
    case SIGKILL: "SIGKILL"
    case SIGTERM: "SIGTERM"
    case SIGINT: "SIGINT"
    case SIGHUP: "SIGHUP"
    case SIGQUIT: "SIGQUIT"
    case SIGPIPE: "SIGPIPE"
    case SIGXCPU: "SIGXCPU"
    case SIGXFSZ: "SIGXFSZ"
    case SIGSYS: "SIGSYS"
    default: "signal \(signal)"
    }
  }
}
