import Artifacts
import Foundation
import JobStore
import Jobs
import Testing

/// Random events in random order; after each, everything that must hold does.
@Suite struct InterleavingTests {
  @Test(.timeLimit(.minutes(3)), arguments: [1, 2, 3] as [UInt64])
  func invariantsHoldWhateverHappens(seed: UInt64) async throws {
    try await StoreHarness.with { harness in
      var random = SeededGenerator(state: seed)
      var jobs: [UUID] = []
      var sessions: [UUID] = []
      var held: [(session: UUID, task: ClaimedTask)] = []
      var before: [UUID: JobPicture] = [:]
      for step in 0..<150 {
        let event = Int.random(in: 0..<20, using: &random)
        var check = TransitionCheck()
        switch event {
        case 0...1:
          check.events = [.unblocked]
          let salt = "\(Int.random(in: 0..<3, using: &random))"
          jobs.append(try await harness.submit(SampleJob.specification(salt: salt)))
        case 2:
          sessions.append(try await harness.beginSession())
        case 3...8:
          check.events = [.claimed]
          guard let session = sessions.randomElement(using: &random) else { continue }
          let tasks = (try? await harness.store.claim(session: session, limit: 3)) ?? []
          held += tasks.map { (session, $0) }
        case 9...13:
          // Unblocked, a task may wait on what runs already, or on what is done.
          check.events = [.completed, .unblocked, .claimed]
          guard let index = held.indices.randomElement(using: &random) else { continue }
          // Kept in the list now and then: said twice, or late.
          let (session, task) = held[index]
          _ = try await harness.complete(task, in: session)
          if Bool.random(using: &random) { held.remove(at: index) }
        case 14:
          check.events = [.returned, .failed, .cancelled]
          guard let (session, task) = held.randomElement(using: &random) else { continue }
          let failure = TaskFailure(
            code: "random", message: "seed \(seed)",
            isRetryable: Int.random(in: 0..<4, using: &random) > 0)
          _ = try await harness.store.fail(
            session: session, FailRequest(id: task.id, failure: failure))
          try await harness.age("computations", "not_before", seconds: 100)
        case 15:
          check.events = [.returned]
          guard let (session, task) = held.randomElement(using: &random) else { continue }
          _ = try await harness.store.release(session: session, [task.id])
        case 16:
          guard let job = jobs.randomElement(using: &random) else { continue }
          check = TransitionCheck(events: [.cancelled], cancelled: job)
          try await harness.store.cancel(job: job)
        case 17:
          guard let job = jobs.randomElement(using: &random) else { continue }
          if [.failed, .cancelled].contains(try await harness.store.job(job).state) {
            check = TransitionCheck(
              events: [.retried, .blockedAgain, .unblocked, .claimed, .completed], retried: job)
            try await harness.store.retry(job: job)
          }
        case 18:
          check.events = [.returned, .failed, .cancelled]
          guard let session = sessions.randomElement(using: &random) else { continue }
          _ = try await harness.pool.query(
            "UPDATE sessions SET seen_at = '-infinity' WHERE id = $1", [.uuid(session)])
          _ = try await harness.store.rescue(leaseSeconds: 30)
        default:
          check.events = [.returned]
          guard let session = sessions.randomElement(using: &random) else { continue }
          try await harness.store.endSession(session)
        }
        #expect(try await harness.violations() == [], "seed \(seed), step \(step), event \(event)")
        let after = try await harness.pictures()
        #expect(
          check.violations(from: before, to: after) == [],
          "seed \(seed), step \(step), event \(event)")
        before = after
      }
      // Whatever happened, what is retried comes to an end, and every job to the same artifact.
      for job in jobs {
        if [.failed, .cancelled].contains(try await harness.store.job(job).state) {
          try await harness.store.retry(job: job)
        }
      }
      for session in sessions { try await harness.store.endSession(session) }
      try await harness.age("computations", "not_before", seconds: 1000)
      try await harness.drainQueue(try await harness.beginSession())
      for job in jobs {
        #expect(try await harness.store.job(job).state == .succeeded, "seed \(seed)")
      }
      for artifact in try await harness.store.artifacts(after: nil, limit: 100).items {
        #expect(artifact.version == 1, "seed \(seed)")
      }
      #expect(try await harness.violations() == [], "seed \(seed)")
    }
  }
}
