import CoordinatorClient
import Foundation
import Jobs
import Logging
import ObjectStorage
import Transformers

/// A worker: pulls tasks from a coordinator and runs them, until it is asked to stop.
public final class WorkerService: Sendable {
  private let configuration: WorkerConfiguration
  private let client: CoordinatorClient
  private let tools: ExecutorTools
  private let state: Observed<WorkerState>
  private let backoff: RetryPolicy
  private let journal: WorkerJournal?
  private let logger: Logger
  private let sessionBegan: @Sendable (UUID) -> Void

  /// - Parameter sessionBegan: Called with each session just before it begins.
  /// - Throws: `WorkerError` for settings out of range, `SourceError` when the cache folder cannot
  ///   be used.
  public convenience init(
    configuration: WorkerConfiguration, logger: Logger,
    sessionBegan: @escaping @Sendable (UUID) -> Void = { _ in }
  ) throws {
    try self.init(
      configuration: configuration, logger: logger, sessionBegan: sessionBegan,
      executor: ExecutorTable.executor(of:))
  }

  /// - Parameter executor: What does the work of each kind: the fault harness brings its own.
  package convenience init(
    configuration: WorkerConfiguration, logger: Logger, backoff: RetryPolicy,
    executor: @escaping @Sendable (TaskKind) -> any TaskExecutor
  ) throws {
    try self.init(
      configuration: configuration, logger: logger, backoff: backoff,
      patience: ResultDelivery.usualPatience, sessionBegan: { _ in }, executor: executor)
  }

  init(
    configuration: WorkerConfiguration, logger: Logger,
    backoff: RetryPolicy = RetryPolicy(maximumTries: .max, firstDelay: .milliseconds(250)),
    patience: Duration = ResultDelivery.usualPatience,
    sessionBegan: @escaping @Sendable (UUID) -> Void = { _ in },
    executor: @escaping @Sendable (TaskKind) -> any TaskExecutor
  ) throws {
    guard (1...64).contains(configuration.slots) else {
      throw WorkerError("slots: \(configuration.slots) is out of range; write 1 to 64")
    }
    guard (0...86_400).contains(configuration.gracePeriodSeconds) else {
      throw WorkerError("the grace period must be 0 to 86400 seconds")
    }
    self.configuration = configuration
    self.backoff = backoff
    self.logger = logger
    self.sessionBegan = sessionBegan
    journal = try configuration.journal.map { try WorkerJournal(file: $0) }
    client = CoordinatorClient(endpoint: configuration.endpoint, token: configuration.token)
    let cache = try SourceCache(
      directory: configuration.cacheDirectory, policy: configuration.fetchPolicy)
    let results: ResultCache
    do {
      results = try ResultCache(directory: configuration.cacheDirectory)
    } catch {
      throw WorkerError("\(configuration.cacheDirectory.path): cannot be used as cache: \(error)")
    }
    tools = ExecutorTools(
      executor: executor, client: client, cache: cache, results: results, models: ModelCache(),
      backoff: backoff, patience: patience)
    state = Observed(WorkerState(slots: configuration.slots))
  }

  /// Works until drained or shut down. Cancelling the calling Swift task is `beginShutdown`.
  /// - Throws: `WorkerError` when the coordinator refuses this worker.
  public func run() async throws {
    let work = Task { try await sessions() }
    try await withTaskCancellationHandler {
      try await work.value
    } onCancel: {
      beginShutdown()
    }
  }

  /// Takes no more work; `run` returns when what runs is done, or released after the grace period.
  /// May be called from anywhere, any number of times: the first counts.
  /// - Parameter graceSeconds: Instead of the configuration's; 0 also after a first call.
  public func beginShutdown(graceSeconds: Double? = nil) {
    let isFirst = state.update { state in
      if graceSeconds == 0 { state.isPastDeadline = true }
      guard state.deadline == nil else { return false }
      state.deadline = .now + .seconds(graceSeconds ?? configuration.gracePeriodSeconds)
      return true
    }
    if isFirst { logger.notice("shutting down") }
  }

  private func sessions() async throws {
    while let session = try await begin() {
      logger.info("session begins", metadata: ["session": "\(session.id)"])
      journal?.note(.session, session: session.id)
      await session.run()
      let (ended, dropped) = state.update { ($0, $0.dropAll()) }
      for attempt in dropped { journal?.note(.dropped, session: session.id, attempt) }
      if let failure = ended.failure { throw failure }
      if !ended.hasExpired {
        await end(session.id, releasing: dropped)
        return
      }
      for attempt in dropped {
        logger.notice("task dropped", metadata: ["task": "\(attempt.name)"])
      }
      state.update { $0.hasExpired = false }
    }
  }

  /// Begins a session, however long the coordinator cannot be reached; nil when the worker is to
  /// stop before.
  private func begin() async throws -> WorkerSession? {
    let request = SessionRequest(
      session: UUID(), worker: Self.name, pool: configuration.pool, slots: configuration.slots,
      kinds: ExecutorTable.codeVersions, kernelClass: KernelClass.current,
      version: configuration.version,
      labels: WorkerOffer.labels(beside: configuration.labels),
      memoryMiB: configuration.memoryMiB ?? WorkerOffer.memoryMiB(slots: configuration.slots),
      kernels: KernelClass.identity)
    // Before the coordinator knows it: who watches over this process must be able to end it.
    sessionBegan(request.session)
    var tries = 0
    while !state.value.isShuttingDown, !state.value.isDraining {
      tries += 1
      do {
        guard
          let reply = try await state.unless(
            { $0.isShuttingDown },
            run: { [client] in
              try await client.beginSession(request)
            })
        else { break }
        return WorkerSession(
          id: request.session, reply: reply, client: client, state: state, tools: tools,
          backoff: backoff, journal: journal, logger: logger)
      } catch let error as CoordinatorClientError {
        guard error.isTransient else {
          throw WorkerError("no session with \(configuration.endpoint): \(error)")
        }
        logger.warning(
          "no session yet, trying again", metadata: ["tries": "\(tries)", "error": "\(error)"])
      }
      let delay = backoff.delay(after: tries)
      _ = try await state.unless({ $0.isShuttingDown }, run: { try await Task.sleep(for: delay) })
    }
    // The coordinator may have begun it all the same.
    if tries > 0 { await end(request.session, releasing: []) }
    return nil
  }

  /// Gives back what is left and says goodbye, within a few seconds: without it, the coordinator
  /// finds out by the lease.
  private func end(_ session: UUID, releasing attempts: [RunningAttempt]) async {
    do {
      try await withThrowingTaskGroup(of: Void.self) { [client] group in
        group.addTask {
          if !attempts.isEmpty {
            _ = try await client.release(
              session, ReleaseRequest(released: attempts.map(\.id)))
          }
          try await client.endSession(session)
        }
        group.addTask { try await Task.sleep(for: .seconds(5)) }
        try await group.next()
        group.cancelAll()
      }
      logger.info("session ended", metadata: ["released": "\(attempts.count)"])
    } catch {
      logger.warning("the session did not end cleanly", metadata: ["error": "\(error)"])
    }
  }

  /// Host and process, for people.
  private static var name: String {
    let host = ProcessInfo.processInfo.hostName.split(separator: ".").first.map(String.init)
    return "\((host ?? "worker").prefix(100))-\(getpid())"
  }
}
