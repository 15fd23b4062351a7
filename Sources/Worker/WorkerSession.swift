import Artifacts
import CoordinatorClient
import Foundation
import Jobs
import Logging
import ObjectStorage

/// One session with the coordinator: claims, heartbeats and the tasks under way.
struct WorkerSession: Sendable {
  let id: UUID
  let reply: SessionReply
  let client: CoordinatorClient
  let state: Observed<WorkerState>
  let tools: ExecutorTools
  let backoff: RetryPolicy
  let journal: WorkerJournal?
  let logger: Logger

  /// Works until the session is over for any reason; nothing of it runs afterwards but threads
  /// whose work is dropped.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await beat() }
      group.addTask { await watchDeadline() }
      while let tasks = await claim() {
        for task in tasks {
          let attempt = RunningAttempt(id: task.id, name: task.name)
          journal?.note(.claimed, session: id, attempt)
          state.update { $0.begin(attempt, runsAlone: task.runsAlone) }
          group.addTask { await work(on: task, as: attempt) }
        }
      }
      try? await state.wait { $0.isOver }
      group.cancelAll()
    }
  }

  // MARK: - Claiming

  /// Waits for a free slot and then for work; nil when no more is to be claimed.
  private func claim() async -> [ClaimedTask]? {
    do {
      while true {
        try await state.wait { $0.claimsNoMore || $0.freeSlots > 0 }
        let free = min(state.value.freeSlots, 100)
        let tasks = try await state.unless {
          $0.claimsNoMore
        } run: {
          try await claim(free)
        }
        guard let tasks else { return nil }
        if !tasks.isEmpty { return tasks }
      }
    } catch {
      return nil
    }
  }

  /// Asks until the coordinator has answered.
  private func claim(_ limit: Int) async throws -> [ClaimedTask] {
    var failures = 0
    while true {
      do {
        let request = ClaimRequest(limit: limit, waitSeconds: Self.claimSeconds)
        return try await client.claim(id, request).tasks
      } catch let error as CoordinatorClientError {
        failures += 1
        try await recover(from: error, after: failures, doing: "claim")
      }
    }
  }

  private static let claimSeconds = 30.0

  /// Takes note of a failed request and waits before the next try.
  /// - Throws: `CancellationError` when there is no next try.
  private func recover(from error: CoordinatorClientError, after failures: Int, doing what: String)
    async throws
  {
    try state.note(error)
    logger.warning(
      "\(what) failed, trying again", metadata: ["tries": "\(failures)", "error": "\(error)"])
    try await Task.sleep(for: backoff.delay(after: failures))
  }

  // MARK: - Heartbeats

  /// The shortest time between two heartbeats, whatever they are answered.
  private static let shortestPause = Duration.milliseconds(200)

  /// Beats until the session's end cancels it: also while draining with nothing left, since a
  /// claim's reply may still bring work.
  private func beat() async {
    var failures = 0
    while !Task.isCancelled {
      let began = ContinuousClock.now
      let now = state.value
      let request = HeartbeatRequest(
        running: now.running.values.map { .init(id: $0.id, progress: $0.progress) }
          .sorted { $0.id.computation < $1.id.computation },
        waitSeconds: heartbeatSeconds(isIdle: now.running.isEmpty))
      do {
        do {
          let reply = try await state.unless {
            $0.begun != now.begun
          } run: {
            try await client.heartbeat(id, request)
          }
          failures = 0
          if let reply { heed(reply) }
        } catch let error as CoordinatorClientError {
          failures += 1
          try await recover(from: error, after: failures, doing: "heartbeat")
        }
        let pause = Self.shortestPause - (ContinuousClock.now - began)
        if pause > .zero { try await Task.sleep(for: pause) }
      } catch {
        return
      }
    }
  }

  /// While something runs, its progress is to be seen, and two beats may be lost.
  private func heartbeatSeconds(isIdle: Bool) -> Double {
    let longest = min(reply.heartbeatSeconds, reply.leaseSeconds / 2, 30)
    return max(0, isIdle ? longest : min(longest, reply.leaseSeconds / 3, 2))
  }

  private func heed(_ reply: HeartbeatReply) {
    let (lost, begins) = state.update { state in
      let lost = reply.lost.compactMap { state.running.removeValue(forKey: $0) }
      for attempt in lost { attempt.cancel() }
      let begins = reply.drain && !state.isDraining
      state.isDraining = state.isDraining || reply.drain
      state.hasExpired = state.hasExpired || reply.expired
      return (lost, begins)
    }
    for attempt in lost {
      logger.notice("task lost or cancelled", metadata: ["task": "\(attempt.name)"])
      journal?.note(.lost, session: id, attempt)
    }
    if begins { logger.notice("draining: the coordinator asks for it") }
    if reply.expired { logger.warning("the coordinator no longer knows this session") }
  }

  /// Marks the deadline's passing once there is one.
  private func watchDeadline() async {
    do {
      try await state.wait { $0.deadline != nil }
      guard let deadline = state.value.deadline else { return }
      try await Task.sleep(until: deadline, clock: .continuous)
      state.update { $0.isPastDeadline = true }
    } catch {
      // The session ended before.
    }
  }

  // MARK: - Working

  private func work(on task: ClaimedTask, as attempt: RunningAttempt) async {
    logger.info(
      "task begins",
      metadata: ["task": "\(task.name)", "job": "\(task.job)", "attempt": "\(task.id.attempt)"])
    let state = self.state
    let tools = self.tools
    guard await hasRoom(for: task) else {
      state.update { $0.freeSlot(of: attempt.id) }
      return await giveBack(attempt)
    }
    let outcome: Result<TaskResultBytes, any Error>
    do {
      let result = try await ExecutorThread.run(name: "nnlut-executor") {
        state.update { $0.freeSlot(of: attempt.id) }
      } work: {
        try tools.run(task, as: attempt)
      }
      outcome = .success(result)
    } catch {
      outcome = .failure(error)
    }
    logger.debug(
      "task ran",
      metadata: [
        "task": "\(task.name)", "longestUnheard": "\(attempt.longestUnheard)",
      ])
    guard !attempt.isCancelled, !Task.isCancelled else { return }
    await ResultDelivery(
      client: client, session: id, state: state, backoff: backoff, patience: tools.patience,
      journal: journal, logger: logger
    ).deliver(outcome, of: attempt)
  }

  /// Waits until a task that may not run beside others has the worker to itself.
  /// - Returns: False when that lasts too long, or the task is no longer wanted.
  private func hasRoom(for task: ClaimedTask) async -> Bool {
    guard task.runsAlone else { return true }
    let id = task.id
    // Its progress stands still meanwhile, which must not be taken for a fault of its own.
    let longest = Double(task.parameters.kind.frozenProgressLimitSeconds) / 2
    let limit = Task {
      try await Task.sleep(for: .seconds(longest))
      state.update { _ = $0.running[id].map { $0.cancel() } }
    }
    defer { limit.cancel() }
    try? await state.wait {
      $0.busySlots == 1 || $0.running[id]?.isCancelled != false
    }
    return state.value.running[id]?.isCancelled == false && !Task.isCancelled
  }

  /// Gives back what never ran; when that fails it is no longer listed, so it is taken back.
  private func giveBack(_ attempt: RunningAttempt) async {
    guard state.update({ $0.running.removeValue(forKey: attempt.id) }) != nil else { return }
    _ = try? await client.release(id, ReleaseRequest(released: [attempt.id]))
    logger.notice("task given back unrun", metadata: ["task": "\(attempt.name)"])
  }
}

/// What all executors of a worker share.
struct ExecutorTools: Sendable {
  let executor: @Sendable (TaskKind) -> any TaskExecutor
  let client: CoordinatorClient
  let cache: SourceCache
  let results: ResultCache
  let models: ModelCache
  let backoff: RetryPolicy
  /// See ``ResultDelivery/patience``.
  let patience: Duration

  /// Runs one task on the calling thread.
  func run(_ task: ClaimedTask, as attempt: RunningAttempt) throws -> TaskResultBytes {
    // What the task was given of the cache stays until it is done.
    let context = ExecutorContext(
      task: task, cache: cache.scoped(), models: models, results: results,
      coordinator: BlockingCoordinator(client: client, attempt: attempt, backoff: backoff),
      attempt: attempt)
    attempt.mark()
    defer { attempt.mark() }
    let bytes = try executor(task.parameters.kind).run(context)
    let digest = ContentDigest(of: bytes)
    // What this task made, the next one here often needs.
    results.keep(bytes, as: digest)
    return TaskResultBytes(bytes: bytes, digest: digest)
  }
}
