import Artifacts
import Foundation
import JobStore
import Jobs
import Synchronization
import Testing

/// Which attempts were handed out and accepted, by all claimers together.
private final class Journal: Sendable {
  private let state = Mutex((claimed: [AttemptID](), completed: [Int64]()))

  func claimed(_ ids: [AttemptID]) { state.withLock { $0.claimed += ids } }

  func completed(_ ids: [Int64]) { state.withLock { $0.completed += ids } }

  var all: (claimed: [AttemptID], completed: [Int64]) { state.withLock { $0 } }
}

@Suite struct ConcurrencyTests {
  @Test(.timeLimit(.minutes(3)))
  func severalClaimersDoNothingTwice() async throws {
    try await StoreHarness.with { harness in
      var jobs: [UUID] = []
      for index in 0..<4 {
        jobs.append(
          try await harness.submit(
            SampleJob.specification(name: "job-\(index)", salt: "\(index % 2)", variants: 6)))
      }
      let journal = Journal()
      let wanted = jobs
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 {
          group.addTask {
            let session = try await harness.beginSession()
            while true {
              let tasks = try await harness.store.claim(session: session, limit: 5)
              journal.claimed(tasks.map(\.id))
              let refused = try await harness.complete(tasks, in: session).refused
              #expect(refused.isEmpty)
              journal.completed(tasks.map(\.id.computation))
              if tasks.isEmpty {
                var isDone = true
                for job in wanted where isDone {
                  isDone = try await harness.store.job(job).state.isFinal
                }
                if isDone { return }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let (claimed, completed) = journal.all
      #expect(Set(claimed).count == claimed.count)
      #expect(claimed.allSatisfy { $0.attempt == 1 })
      #expect(Set(completed).count == completed.count)
      for job in jobs { #expect(try await harness.store.job(job).state == .succeeded) }
      #expect(try await harness.violations() == [])
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func versionsHaveNoGapsWhenManyPublishAtOnce() async throws {
    try await StoreHarness.with { harness in
      let count = 12
      var jobs: [UUID] = []
      for index in 0..<count {
        // Half of the jobs make what another one makes.
        jobs.append(
          try await harness.submit(
            SampleJob.specification(
              name: "job-\(index)", salt: "\(index / 2)", variants: 1, artifact: "shared")))
      }
      let publisher = try await harness.beginSession()
      let others = try await harness.beginSession(
        kinds: TaskKind.allCases.filter { $0 != .publish })
      try await harness.drainQueue(others)
      let tasks = try await harness.store.claim(session: publisher, limit: 100)
      #expect(tasks.count == count)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in tasks {
          group.addTask {
            let refused = try await harness.complete(task, in: publisher).refused
            #expect(refused.isEmpty)
          }
        }
        try await group.waitForAll()
      }
      let versions = try await harness.store.artifactVersions("shared", after: nil, limit: 100)
      #expect(versions.items.map(\.version) == (1...(count / 2)).reversed())
      #expect(Set(versions.items.map(\.digest)).count == count / 2)
      #expect(versions.items.filter { $0.aliases == ["latest"] }.map(\.version) == [count / 2])
      for job in jobs { #expect(try await harness.store.job(job).state == .succeeded) }
      #expect(try await harness.violations() == [])
    }
  }

  @Test func oneIdempotencyKeyMakesOneJob() async throws {
    try await StoreHarness.with { harness in
      let specification = SampleJob.specification()
      let answers = try await withThrowingTaskGroup(of: (UUID, Bool).self) { group in
        for _ in 0..<8 {
          group.addTask {
            let (job, isNew) = try await harness.store.submit(
              specification, idempotencyKey: "key", token: "alice")
            return (job.id, isNew)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(answers.map(\.0)).count == 1)
      #expect(answers.filter(\.1).count == 1)
      let job = try #require(answers.first?.0)
      await #expect(throws: JobStoreError.idempotencyConflict(key: "key", job: job)) {
        try await harness.store.submit(
          SampleJob.specification(salt: "other"), idempotencyKey: "key", token: "alice")
      }
      // Keys are a token's own.
      #expect(
        try await harness.store.submit(specification, idempotencyKey: "key", token: "bob").isNew)
      #expect(try await harness.store.jobs(after: nil, limit: 10).items.count == 2)
    }
  }
}
