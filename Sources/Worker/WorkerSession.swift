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
          state.update { $0.begin(attempt) }
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
    var failures = 0
    while true {
      do {
        try await state.wait { $0.claimsNoMore || $0.freeSlots > 0 }
        let free = state.value.freeSlots
        let reply = try await state.unless {
          $0.claimsNoMore
        } run: {
          try await client.claim(id, ClaimRequest(limit: min(free, 100), waitSeconds: claimSeconds))
        }
        guard let reply else { return nil }
        if !reply.tasks.isEmpty { return reply.tasks }
        failures = 0
      } catch let error as CoordinatorClientError {
        failures += 1
        guard await recover(from: error, after: failures, doing: "claim") else { return nil }
      } catch {
        return nil
      }
    }
  }

  private var claimSeconds: Double { 20 }

  /// Waits before the next try.
  /// - Returns: False when there is no next try.
  private func recover(from error: CoordinatorClientError, after failures: Int, doing what: String)
    async -> Bool
  {
    do {
      try state.note(error)
      logger.warning(
        "\(what) failed, trying again",
        metadata: ["tries": "\(failures)", "error": "\(error)"])
      let delay = backoff.delay(after: failures)
      return try await state.unless({ $0.isOver }, run: { try await Task.sleep(for: delay) }) != nil
    } catch {
      return false
    }
  }

  // MARK: - Heartbeats

  /// The shortest time between two heartbeats, whatever they are answered.
  private static let shortestPause = Duration.milliseconds(200)

  private func beat() async {
    var failures = 0
    while !state.value.isOver, !Task.isCancelled {
      let began = ContinuousClock.now
      let now = state.value
      let request = HeartbeatRequest(
        running: now.running.values.map { .init(id: $0.id, progress: $0.progress) }
          .sorted { $0.id.computation < $1.id.computation },
        waitSeconds: heartbeatSeconds(isIdle: now.running.isEmpty))
      do {
        let reply = try await state.unless {
          $0.begun != now.begun || $0.isOver
        } run: {
          try await client.heartbeat(id, request)
        }
        failures = 0
        if let reply { heed(reply) }
        let pause = Self.shortestPause - (ContinuousClock.now - began)
        if pause > .zero { try await Task.sleep(for: pause) }
      } catch let error as CoordinatorClientError {
        failures += 1
        guard await recover(from: error, after: failures, doing: "heartbeat") else { return }
      } catch {
        return
      }
    }
  }

  /// While something runs, its progress is to be seen.
  private func heartbeatSeconds(isIdle: Bool) -> Double {
    let longest = min(reply.heartbeatSeconds, reply.leaseSeconds / 3, 30)
    return max(0, isIdle ? longest : min(longest, 2))
  }

  private func heed(_ reply: HeartbeatReply) {
    let (lost, begins) = state.update { state in
      let lost = reply.lost.compactMap { state.running.removeValue(forKey: $0) }
      for attempt in lost { attempt.cancel() }
      let begins = reply.drain && !state.isDraining
      state.isDraining = state.isDraining || reply.drain
      state.hasExpired = state.hasExpired || reply.expired
      return (lost.map(\.name), begins)
    }
    for name in lost { logger.notice("task lost or cancelled", metadata: ["task": "\(name)"]) }
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
    let outcome: Result<TaskResultBytes, any Error>
    do {
      let result = try await ExecutorThread.run(name: "nnlut-executor") {
        state.update { $0.busySlots -= 1 }
      } work: {
        try tools.run(task, as: attempt)
      }
      outcome = .success(result)
    } catch {
      outcome = .failure(error)
    }
    guard !attempt.isCancelled, !Task.isCancelled else { return }
    await ResultDelivery(
      client: client, session: id, state: state, backoff: backoff, logger: logger
    ).deliver(outcome, of: attempt)
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

  /// Runs one task on the calling thread.
  func run(_ task: ClaimedTask, as attempt: RunningAttempt) throws -> TaskResultBytes {
    let context = ExecutorContext(
      task: task, cache: cache, models: models, results: results,
      coordinator: BlockingCoordinator(client: client, attempt: attempt, backoff: backoff),
      attempt: attempt)
    let bytes = try executor(task.parameters.kind).run(context)
    let digest = ContentDigest(of: bytes)
    // What this task made, the next one here often needs.
    results.keep(bytes, as: digest)
    return TaskResultBytes(bytes: bytes, digest: digest)
  }
}
