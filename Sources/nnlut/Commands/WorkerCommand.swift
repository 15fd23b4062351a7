import ArgumentParser
import Foundation
import Jobs
import Logging
import ObjectStorage
import Transformers
import Worker

struct WorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Run a worker: pulls tasks from a coordinator.",
    discussion: """
      The work is done in a process of its own. When that dies (a crash, too little memory), its \
      tasks go back at once, their history says what it died of, and it is started again.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Option(help: "The pool it belongs to.") var pool = "default"
  @Option(help: "Tasks at the same time, 1 to 64.") var slots = 1
  @Option(help: "The folder for fetched sources and inputs; default: in the state folder.")
  var cache: String?
  @Option(
    name: .customLong("allow-folder"), parsing: .singleValue,
    help: "A folder that `file:` sources may be read from; may be repeated.")
  var allowedFolders: [String] = []
  @Option(
    name: .customLong("label"), parsing: .singleValue,
    help: "KEY or KEY=VALUE that job files may require of a worker; may be repeated.")
  var labels: [String] = []
  @Option(help: "Memory for each task, for example 8GiB; default: the machine's over the slots.")
  var memory: String?
  @OptionGroup var fetching: FetchOptions
  @Option(help: "Seconds to finish or release what runs after SIGTERM, 0 to 86400.")
  var grace = 20.0
  @Flag(
    name: .customLong("restart"), inversion: .prefixedNo,
    help: "Start the worker's process again when it died; --no-restart: end with its status.")
  var restarts = true
  @Flag(help: "One process: nobody sees what it dies of, and its tasks come back by the lease.")
  var noKeeper = false
  @Option(help: .hidden) var journal: String?
  @OptionGroup var logging: LogOptions
  @OptionGroup var settings: SettingsOptions
  @Option(help: .hidden) var lifelineFd: Int32?
  /// The lifeline from the process that watches over this one.
  @Option(help: .hidden) var keeperFd: Int32?
  /// Where it wants to know each session.
  @Option(help: .hidden) var sessionFd: Int32?

  /// After the keeper is gone, to give back what runs.
  private static let secondsToGo: UInt32 = 10

  func validate() throws {
    if let problem = labels.lazy.compactMap(TaskRequirement.problem(label:)).first {
      throw ValidationError("--label: \(problem)")
    }
    if let memory, MemorySize.mebibytes(memory) == nil {
      throw ValidationError("--memory: '\(memory)' is no size; write for example 512MiB or 8GiB")
    }
    guard (1...64).contains(slots) else {
      throw ValidationError("--slots: \(slots) is out of range; write 1 to 64")
    }
    guard (0...86400).contains(grace) else {
      throw ValidationError("--grace: \(grace) is out of range; write 0 to 86400")
    }
  }

  func run() async throws {
    guard noKeeper || keeperFd != nil else { return try await keep() }
    try await work()
  }

  /// Watches over another process that does the work.
  private func keep() async throws {
    let keeper = WorkerKeeper(
      arguments: Array(CommandLine.arguments.dropFirst()), restarts: restarts,
      graceSeconds: grace, endpoint: try connection.resolve(),
      logger: try logging.logger("keeper", settings: try settings.load()))
    let signals = SignalStream([SIGTERM, SIGINT, SIGHUP])
    let passing = Task {
      for await signal in signals.signals { keeper.stop(signal) }
    }
    defer { passing.cancel() }
    if let lifelineFd { Lifeline.watch(lifelineFd) { keeper.stop(SIGTERM) } }
    let status = try await keeper.run()
    if status != 0 { throw ExitCode(status) }
  }

  private func work() async throws {
    try KernelPinning.ensure()
    // Nothing that an executor starts holds them.
    for descriptor in [keeperFd, sessionFd].compactMap(\.self) {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
    let settings = try settings.load()
    let logger = try logging.logger("worker", settings: settings)
    let target = try connection.resolve()
    let state = StateDirectory(given: connection.stateDir)
    var policy = try fetching.policy()
    policy.allowedFolders = allowedFolders.map { URL(fileURLWithPath: $0, isDirectory: true) }
    let service = try WorkerService(
      configuration: WorkerConfiguration(
        endpoint: target.endpoint, token: target.token, pool: pool, slots: slots,
        cacheDirectory: cache.map { URL(fileURLWithPath: $0, isDirectory: true) } ?? state.cache,
        fetchPolicy: policy, gracePeriodSeconds: grace, labels: labels,
        memoryMiB: memory.flatMap(MemorySize.mebibytes), version: Build.version,
        journal: journal.map { URL(fileURLWithPath: $0) }),
      logger: logger
    ) { [sessionFd] session in
      guard let sessionFd else { return }
      _ = StandardStream.write(session.uuidString + "\n", to: sessionFd)
    }
    let signals = SignalStream([SIGTERM, SIGINT, SIGHUP])
    if let keeperFd {
      // Who kills the process that was started wants the work to end now.
      Lifeline.watch(keeperFd) {
        service.beginShutdown(graceSeconds: 0)
        sleep(Self.secondsToGo)
        _exit(ExitStatus.failed.rawValue)
      }
    } else if let lifelineFd {
      // The supervisor is gone: nobody is left to hand work back to in peace.
      Lifeline.watch(lifelineFd) { kill(getpid(), SIGTERM) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await service.run() }
      group.addTask {
        _ = await signals.first()
        service.beginShutdown()
      }
      try await group.next()
      group.cancelAll()
    }
  }
}

/// BLAS reads its kernel class before `main`: a process started without it starts itself again.
enum KernelPinning {
  static func ensure() throws {
    let environment = ProcessInfo.processInfo.environment
    let missing = KernelClass.environment().filter { environment[$0.key] == nil }
    guard !missing.isEmpty else { return }
    for (name, value) in missing { setenv(name, value, 1) }
    let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv(Executable.path, arguments)
    throw StackError(
      "cannot start again with \(missing.keys.sorted().joined(separator: ", ")) set",
      remedy: "set them in the environment")
  }
}
