import Artifacts
import Foundation
import JobStore
import Jobs
import Synchronization
import Testing

/// Several workers and users at the same time, on connections of their own; afterwards the history
/// is held against the pure transition function.
@Suite struct ParallelHistoryTests {
  private final class Notebook: Sendable {
    let notes = Mutex(WorkerNotes())
  }

  /// One worker that is not quite sane: says things twice, late, and about what is not its own.
  private struct Actor {
    let harness: StoreHarness
    let notebook: Notebook
    let jobs: [UUID]
    var random: SeededGenerator
    var session = UUID()
    var held: [ClaimedTask] = []
    var late: [ClaimedTask] = []

    mutating func run(steps: Int) async throws {
      session = try await harness.beginSession()
      for _ in 0..<steps { try await step() }
      try await harness.store.endSession(session)
    }

    private mutating func step() async throws {
      switch Int.random(in: 0..<24, using: &random) {
      case 0..<8:
        let limit = Int.random(in: 1...3, using: &random)
        let tasks = try await harness.store.claim(session: session, limit: limit)
        for task in tasks {
          notebook.notes.withLock { $0.claimed(task.id, by: session) }
        }
        held += tasks
      case 8..<16:
        try await complete(take())
      case 16:
        try await complete(late.randomElement(using: &random))
      case 17:
        guard let task = take() else { return }
        let isFinal = Int.random(in: 0..<6, using: &random) == 0
        _ = try await harness.store.fail(
          session: session,
          FailRequest(
            id: task.id,
            failure: TaskFailure(
              code: isFinal ? HistoryReplay.finalCode : "passing", message: "random",
              isRetryable: !isFinal)))
        try await harness.age("computations", "not_before", seconds: 100)
      case 18:
        guard let task = take() else { return }
        _ = try await harness.store.release(session: session, [task.id])
      case 19...20:
        try await harness.store.crashed(
          session: session, CrashReport(signal: "SIGKILL", log: "last line"))
        late += held
        held = []
        session = try await harness.beginSession()
        try await harness.age("computations", "not_before", seconds: 100)
      case 21:
        _ = try await harness.store.rescue(leaseSeconds: 30)
      case 22:
        guard Int.random(in: 0..<4, using: &random) == 0,
          let job = jobs.randomElement(using: &random)
        else { return }
        try await harness.store.cancel(job: job)
      default:
        for job in jobs {
          do { try await harness.store.retry(job: job) } catch JobStoreError.jobNotRetryable {}
        }
      }
    }

    private mutating func take() -> ClaimedTask? {
      guard let index = held.indices.randomElement(using: &random) else { return nil }
      let task = held.remove(at: index)
      if Bool.random(using: &random) { late.append(task) }
      return task
    }

    private func complete(_ task: ClaimedTask?) async throws {
      guard let task else { return }
      let result = ContentDigest(of: try SampleJob.result(of: task).bytes)
      let reply = try await harness.complete(task, in: session)
      // What is late is not this session's any more, which says nothing about the attempt.
      let isMine = notebook.notes.withLock { $0.claims[task.id] } == session
      let isAccepted = reply.refused.isEmpty
      guard isAccepted || isMine else { return }
      notebook.notes.withLock { $0.completed(task.id, result, isAccepted: isAccepted) }
    }
  }

  @Test(.timeLimit(.minutes(3)), arguments: [11, 12, 13] as [UInt64])
  func whatHappenedAtTheSameTimeIsAPossibleHistory(seed: UInt64) async throws {
    try await StoreHarness.with { harness in
      var jobs: [UUID] = []
      for index in 0..<3 {
        jobs.append(
          try await harness.submit(
            SampleJob.specification(name: "job-\(index)", salt: "\(index / 2)", variants: 1)))
      }
      let notebook = Notebook()
      let wanted = jobs
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<4 {
          group.addTask {
            var actor = Actor(
              harness: harness, notebook: notebook, jobs: wanted,
              random: SeededGenerator(state: seed * 100 + UInt64(number)))
            try await actor.run(steps: 60)
          }
        }
        try await group.waitForAll()
      }
      #expect(try await harness.violations() == [], "seed \(seed)")
      let replay = HistoryReplay(notes: notebook.notes.withLock { $0 })
      #expect(try await replay.violations(harness.pool) == [], "seed \(seed)")
      #expect(!replay.notes.accepted.isEmpty, "seed \(seed)")

      for job in jobs {
        do { try await harness.store.retry(job: job) } catch JobStoreError.jobNotRetryable {}
      }
      try await harness.age("computations", "not_before", seconds: 1000)
      try await harness.drainQueue(try await harness.beginSession(), limit: 1)
      for job in jobs {
        #expect(try await harness.store.job(job).state == .succeeded, "seed \(seed)")
      }
    }
  }
}
