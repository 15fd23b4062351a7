import CoordinatorClient
import Foundation
import Jobs
import Logging

/// Keeps a local stack alive: PostgreSQL first, then the coordinator, then as many workers as the
/// pool's stored size says; starts again what dies, and stops PostgreSQL last.
actor Supervisor {
  private let state: StateDirectory
  private let stack: StackPlan
  private let lifeline: Lifeline
  private let logger: Logger
  private var coordinator: ChildProcess?
  private var workers: [pid_t: ChildProcess] = [:]
  /// Asked to end because there were too many.
  private var leaving: Set<pid_t> = []
  private var desired: Int
  private var crashes = Backoff()
  private var isStopping = false

  /// What the children are started with.
  struct StackPlan: Sendable {
    var databaseURL: String
    var endpoint: URL
    var workerToken: String
    var adminToken: String
    var pool = "default"
    var workers: Int
  }

  init(state: StateDirectory, stack: StackPlan, logger: Logger) throws {
    self.state = state
    self.stack = stack
    self.logger = logger
    desired = stack.workers
    lifeline = try Lifeline()
  }

  /// Starts the coordinator and waits until it listens.
  /// - Throws: ``StackError`` when it ends before that.
  func startCoordinator() async throws {
    let (child, port) = try await CoordinatorProcess.start(
      databaseURL: stack.databaseURL, port: stack.endpoint.port ?? 0, lifeline: lifeline,
      log: state.logs.appending(path: "coordinator.log"))
    coordinator = child
    logger.info("coordinator started", metadata: ["pid": "\(child.pid)", "port": "\(port)"])
    Task { await self.coordinatorEnded(status: await child.exit()) }
  }

  private func coordinatorEnded(status: Int32) async {
    coordinator = nil
    guard !isStopping else { return }
    logger.warning("coordinator ended, starting it again", metadata: ["status": "\(status)"])
    while !isStopping && coordinator == nil {
      do { try await startCoordinator() } catch {
        logger.error("coordinator does not start", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: crashes.next())
      }
    }
  }

  /// Follows the pool's stored size until cancelled.
  func followPool() async {
    let client = CoordinatorClient(endpoint: stack.endpoint, token: stack.adminToken)
    reconcile()
    while !Task.isCancelled {
      do {
        let size = try await client.waitForPool(stack.pool, current: desired, waitSeconds: 20)
        if size.desired != desired {
          logger.info("pool resized", metadata: ["from": "\(desired)", "to": "\(size.desired)"])
          desired = size.desired
        }
        reconcile()
      } catch {
        try? await Task.sleep(for: .milliseconds(500))
      }
    }
  }

  private func reconcile() {
    guard !isStopping else { return }
    let active = workers.values.filter { !leaving.contains($0.pid) }
    if active.count > desired {
      for child in active.sorted(by: { $0.pid > $1.pid }).prefix(active.count - desired) {
        leaving.insert(child.pid)
        child.send(SIGTERM)
      }
    }
    for _ in active.count..<max(active.count, desired) { startWorker() }
  }

  private func startWorker() {
    do {
      let child = try WorkerProcess.start(
        endpoint: stack.endpoint, token: stack.workerToken, pool: stack.pool, cache: state.cache,
        lifeline: lifeline, log: state.logs.appending(path: "worker.log"))
      workers[child.pid] = child
      logger.info("worker started", metadata: ["pid": "\(child.pid)"])
      Task { await self.workerEnded(child, status: await child.exit()) }
    } catch {
      logger.error("worker does not start", metadata: ["error": "\(error)"])
    }
  }

  private func workerEnded(_ child: ChildProcess, status: Int32) async {
    workers[child.pid] = nil
    let wasAsked = leaving.remove(child.pid) != nil
    logger.info("worker ended", metadata: ["pid": "\(child.pid)", "status": "\(status)"])
    guard !isStopping else { return }
    if !wasAsked && status != 0 { try? await Task.sleep(for: crashes.next()) }
    reconcile()
  }

  /// Ends workers, then the coordinator; what does not end in time is killed.
  /// - Parameter grace: Seconds a worker gets to finish or release what it runs.
  func stop(grace: Double) async {
    isStopping = true
    await Self.end(Array(workers.values), grace: grace)
    if let coordinator { await Self.end([coordinator], grace: 5) }
  }

  private static func end(_ children: [ChildProcess], grace: Double) async {
    for child in children { child.send(SIGTERM) }
    let deadline = ContinuousClock.now + .seconds(grace)
    for child in children {
      while kill(child.pid, 0) == 0 {
        if ContinuousClock.now > deadline {
          child.sendToGroup(SIGKILL)
          break
        }
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }
}

/// Waiting times that double from a quarter of a second to ten seconds, and are forgotten after a
/// quiet minute.
struct Backoff {
  private var milliseconds = 250
  private var last = ContinuousClock.now

  mutating func next() -> Duration {
    let now = ContinuousClock.now
    if now - last > .seconds(60) { milliseconds = 250 }
    last = now
    defer { milliseconds = min(10_000, milliseconds * 2) }
    return .milliseconds(milliseconds)
  }
}
