import Artifacts
import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Synchronization

/// What is still to be done, by many.
private final class Countdown: Sendable {
  private let state: Mutex<(left: Int, end: ContinuousClock.Instant?)>

  init(_ count: Int) { state = Mutex((count, nil)) }

  var isDone: Bool { end != nil }
  /// When the last was done.
  var end: ContinuousClock.Instant? { state.withLock(\.end) }

  func count(_ done: Int) {
    state.withLock { state in
      state.left -= done
      if state.left <= 0, state.end == nil { state.end = .now }
    }
  }
}

/// Simulated workers in this process, on real HTTP connections to real coordinators.
struct Fleet: Sendable {
  private let clients: [CoordinatorClient]
  let size: Int

  /// - Parameter token: Of the role `work`.
  init(size: Int, coordinators: [CoordinatorProcess], token: String) {
    self.size = size
    clients = coordinators.map {
      CoordinatorClient(endpoint: $0.endpoint, token: token, retries: .brief)
    }
  }

  private func client(_ worker: Int) -> CoordinatorClient { clients[worker % clients.count] }

  /// Begins a session for each worker.
  func begin() async throws -> [UUID] {
    let sessions = (0..<size).map { _ in UUID() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (worker, session) in sessions.enumerated() {
        group.addTask {
          _ = try await client(worker).beginSession(
            SessionRequest(
              session: session, worker: "fleet-\(worker)", pool: "fleet", slots: 10,
              kinds: Dictionary(
                uniqueKeysWithValues: TaskKind.allCases.map { ($0, $0.codeVersion) }),
              kernelClass: "Haswell", version: "1"))
        }
        // Connections are made a few at a time.
        if worker % 50 == 49 { try await group.waitForAll() }
      }
      try await group.waitForAll()
    }
    return sessions
  }

  /// Claims and completes, up to 10 at a time, until `count` tasks are done.
  /// - Returns: Tasks per second.
  func drain(_ count: Int, sessions: [UUID]) async throws -> Double {
    let left = Countdown(count)
    let started = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (worker, session) in sessions.enumerated() {
        group.addTask {
          while !left.isDone {
            let tasks = try await client(worker).claim(
              session, ClaimRequest(limit: 10, waitSeconds: 2)
            ).tasks
            guard !tasks.isEmpty else { continue }
            let refused = try await client(worker).complete(
              session, CompleteRequest(completions: tasks.map(StoreDrain.completion))
            ).refused
            guard refused.isEmpty else { throw BenchmarkError(description: "refused: \(refused)") }
            left.count(tasks.count)
          }
        }
      }
      try await group.waitForAll()
    }
    return Double(count) / (((left.end ?? .now) - started) / .seconds(1))
  }

  /// Waits for work for as long as the task runs, as idle workers do; says when which job's came.
  /// - Parameter heartbeats: Also beats, on a second connection.
  func idle(
    sessions: [UUID], heartbeats: Bool, claimed: @escaping @Sendable (UUID, Date) -> Void
  ) async {
    await withTaskGroup(of: Void.self) { group in
      for (worker, session) in sessions.enumerated() {
        group.addTask {
          while !Task.isCancelled {
            let reply = try? await client(worker).claim(
              session, ClaimRequest(limit: 1, waitSeconds: 30))
            let now = Date()
            for task in reply?.tasks ?? [] {
              claimed(task.job, now)
              _ = try? await client(worker).fail(
                session,
                FailRequest(
                  id: task.id,
                  failure: TaskFailure(
                    code: "measured", message: "only its way here was wanted", isRetryable: false)))
            }
          }
        }
        guard heartbeats else { continue }
        group.addTask {
          while !Task.isCancelled {
            _ = try? await client(worker).heartbeat(
              session, HeartbeatRequest(running: [], waitSeconds: 15))
          }
        }
      }
    }
  }
}
