import ArgumentParser
import Coordinator
import Foundation
import JobStore
import Logging
import Postgres
import Synchronization

struct CoordinatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinator", abstract: "Run a coordinator: the HTTP API over PostgreSQL.")

  @Option(help: "The address to listen on.") var host: String?
  @Option(help: "The port; 0: any.") var port: Int?
  @Option(help: "Days that a finished job's history is kept; 1 to 36500, default 90.")
  var retainJobs: Int?
  @Option(help: "Days that a result is kept after its last use; default 7, at most --retain-jobs.")
  var retainResults: Int?
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var logging: LogOptions
  @OptionGroup var settings: SettingsOptions
  @Option(help: .hidden) var readyFd: Int32?
  @Option(help: .hidden) var lifelineFd: Int32?

  func run() async throws {
    let settings = try settings.load()
    let logger = try logging.logger("coordinator", settings: settings)
    let port = try settings.integer("coordinator.port", flag: port, default: 8080, in: 0...65535)
    let pool = try database.pool(settings: settings, logger: logger)
    let store = try await JobStore.open(pool: pool, logger: logger)
    var configuration = CoordinatorConfiguration(
      host: settings.string("coordinator.host", flag: host, default: "127.0.0.1"), port: port)
    let lease = try settings.integer("coordinator.lease", flag: nil, default: 30, in: 2...3600)
    configuration.timing.lease = .seconds(lease)
    configuration.timing.heartbeat = min(
      configuration.timing.heartbeat, .milliseconds(lease * 500))
    configuration.retention = try retention(settings)
    let limits = configuration.limits
    let rate = try settings.integer(
      "coordinator.rate", flag: nil, default: Int(limits.requests.perSecond), in: 1...1_000_000)
    configuration.limits.requests = RateLimit(
      perSecond: Double(rate), burst: 5 * Double(rate))
    configuration.limits.connections = try settings.integer(
      "coordinator.connections", flag: nil, default: limits.connections, in: 1...1_000_000)
    let address = "\(configuration.host):\(port)"
    let service = CoordinatorService(configuration: configuration, store: store, logger: logger)
    let signals = SignalStream([SIGTERM, SIGINT, SIGHUP])
    if let lifelineFd {
      Lifeline.watch(lifelineFd) { kill(getpid(), SIGTERM) }
    }
    let ending = Task {
      _ = await signals.first()
      service.beginShutdown()
    }
    defer { ending.cancel() }
    // Not cancelled by a signal: replies that are being written are written to their end.
    try await Self.serve(service, at: address) { bound in
      logger.info("listening", metadata: ["port": "\(bound)"])
      if let readyFd {
        let handle = FileHandle(fileDescriptor: readyFd, closeOnDealloc: true)
        try? handle.write(contentsOf: Data("\(bound)\n".utf8))
        try? handle.close()
      }
    }
    await pool.shutdown()
  }

  private func retention(_ settings: Settings) throws -> RetentionPolicy {
    let jobs = try settings.integer(
      "coordinator.retain_jobs", flag: retainJobs, default: 90, in: 1...36_500)
    // Who used a result last is known from the jobs that are kept.
    let results = try settings.integer(
      "coordinator.retain_results", flag: retainResults, default: min(7, jobs), in: 1...jobs)
    return RetentionPolicy(
      jobSeconds: Double(jobs) * 86_400, resultSeconds: Double(results) * 86_400)
  }

  /// - Throws: ``StackError`` that names the address when it cannot be listened on.
  private static func serve(
    _ service: CoordinatorService, at address: String,
    onListening: @escaping @Sendable (Int) -> Void
  ) async throws {
    let isListening = Mutex(false)
    do {
      try await service.run(onListening: { port in
        isListening.withLock { $0 = true }
        onListening(port)
      })
    } catch  where !(error is CancellationError) && !isListening.withLock({ $0 }) {
      throw StackError(
        "cannot listen on \(address): \(error)",
        remedy: "name another address with --host and --port")
    }
  }
}
