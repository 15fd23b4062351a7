import Artifacts
import Foundation
import JobStore
import Jobs
import Testing

@Suite struct JobLifeTests {
  @Test func everyTaskFollowsItsInputsAndTheJobPublishes() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      #expect(try await harness.store.job(job).state == .queued)
      let session = try await harness.beginSession()
      let done = try await harness.drainQueue(session, limit: 3)

      let status = try await harness.store.job(job)
      #expect(status.state == .succeeded)
      // Without entries: auto, two kinds have nothing to do.
      #expect(
        status.kinds.map(\.kind)
          == TaskKind.allCases.filter { $0 != .sensitivity && $0 != .assign })
      #expect(status.kinds.allSatisfy { $0.total == $0.succeeded && $0.reused == 0 })
      #expect(status.kinds.reduce(0) { $0 + $1.total } == done.count)
      #expect(status.artifact?.version == 1)
      #expect(try await harness.violations() == [])

      // What was handed to a task is what its inputs' tasks had produced.
      let results = try await harness.store.results(job: job, kinds: nil)
      let digests = Dictionary(uniqueKeysWithValues: results.map { ($0.name, $0.digest) })
      let plan = try JobPlan.expand(
        SampleJob.specification(), SampleJob.resolution("a"))
      #expect(Set(digests.keys) == Set(plan.map(\.name) + ["resolve"]))
      for task in plan {
        let claimed = try #require(done.first { $0.name == task.name })
        #expect(claimed.inputs == task.inputs.compactMapValues { digests[$0] })
        #expect(claimed.parameters == task.parameters)
        #expect(claimed.sources == task.sources)
        #expect(claimed.id.attempt == 1)
      }
      for result in results { #expect(ContentDigest(of: result.bytes) == result.digest) }

      let events = try await harness.store.events(job: job, after: 0, limit: 1000)
      #expect(events.first?.event == "submitted")
      #expect(events.last?.event == "job-succeeded")
      #expect(events.map(\.event).filter { $0 == "succeeded" }.count == done.count)
      #expect(events.map(\.id) == events.map(\.id).sorted())
      let rest = try await harness.store.events(job: job, after: events[3].id, limit: 1000)
      #expect(rest == Array(events.dropFirst(4)))
    }
  }

  /// The claim's reply does not wait until the job is marked as running.
  @Test(arguments: [true, false])
  func aTaskThatEndsBeforeItsJobIsMarkedStartsIt(well: Bool) async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      let session = try await harness.beginSession()
      let tasks = try await harness.store.claim(session: session, limit: 1)
      _ = try await harness.pool.query("UPDATE jobs SET state = 'queued'")
      _ = try await harness.pool.query("DELETE FROM events WHERE event = 'started'")
      if well {
        #expect(try await harness.complete(tasks, in: session).refused.isEmpty)
      } else {
        let failure = TaskFailure(code: "broken", message: "for good", isRetryable: false)
        let task = try #require(tasks.first)
        let request = FailRequest(id: task.id, failure: failure)
        #expect(try await harness.store.fail(session: session, request).refused.isEmpty)
      }
      #expect(try await harness.store.job(job).state == (well ? .running : .failed))
      let events = try await harness.store.events(job: job, after: 0, limit: 100).map(\.event)
      #expect(events.prefix(3) == ["submitted", "started", well ? "succeeded" : "failed"])
      #expect(events.count { $0 == "started" } == 1)
    }
  }

  @Test func aSecondJobReusesWhatIsDone() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let first = try await harness.submit()
      try await harness.drainQueue(session)
      let second = try await harness.submit()
      let done = try await harness.drainQueue(session)
      #expect(done.map(\.parameters.kind) == [.resolve, .publish])
      let status = try await harness.store.job(second)
      #expect(status.state == .succeeded)
      for kind in status.kinds where kind.kind.isShared { #expect(kind.reused == kind.total) }
      // The same content is the same version.
      #expect(try await harness.store.job(first).artifact == status.artifact)
      #expect(
        try await harness.store.artifactVersions("sample-a", after: nil, limit: 10).items.count
          == 1)
      #expect(try await harness.violations() == [])
    }
  }

  @Test func jobsWaitOnOneComputationAndCancelTogetherOnly() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let jobs = [try await harness.submit(), try await harness.submit()]
      let resolves = try await harness.store.claim(session: session, limit: 10)
      #expect(resolves.map(\.name) == ["resolve", "resolve"])
      _ = try await harness.complete(resolves, in: session)
      let shared = try await harness.store.claim(session: session, limit: 100)
      // 3 evaluate shards of the baseline and 3 collect shards, once.
      #expect(shared.count == 6)
      #expect(try await harness.store.claim(session: session, limit: 100).isEmpty)

      try await harness.store.cancel(job: jobs[0])
      let running = shared.map { HeartbeatRequest.Running(id: $0.id, progress: 0.5) }
      let reply = try await harness.store.heartbeat(session: session, running: running)
      #expect(reply.lost.isEmpty)
      #expect(try await harness.violations() == [])
      let other = try await harness.store.job(jobs[1])
      #expect(other.kinds.map(\.running).reduce(0, +) == 6)
      #expect(other.kinds.map(\.runningProgress).reduce(0, +) == 3)

      try await harness.store.cancel(job: jobs[1])
      let lost = try await harness.store.news(session: session, running: shared.map(\.id))
      #expect(Set(lost.lost) == Set(shared.map(\.id)))
      let late = try await harness.complete(shared, in: session)
      #expect(Set(late.refused) == Set(shared.map(\.id)))
      #expect(try await harness.store.job(jobs[1]).state == .cancelled)
      #expect(try await harness.violations() == [])
    }
  }

  @Test func retryGoesOnFromWhatSucceeded() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let job = try await harness.submit()
      await #expect(throws: JobStoreError.jobNotRetryable(job, .queued)) {
        try await harness.store.retry(job: job)
      }
      _ = try await harness.complete(
        try await harness.store.claim(session: session, limit: 1), in: session)
      let claimed = try await harness.store.claim(session: session, limit: 4)
      _ = try await harness.complete(Array(claimed.prefix(2)), in: session)
      try await harness.store.cancel(job: job)
      #expect(try await harness.store.job(job).state == .cancelled)
      #expect(try await harness.store.cancel(job: job).state == .cancelled)

      try await harness.store.retry(job: job)
      #expect(try await harness.violations() == [])
      let done = try await harness.drainQueue(session)
      #expect(try await harness.store.job(job).state == .succeeded)
      #expect(
        Set(done.map(\.name)).isDisjoint(with: ["resolve", claimed[0].name, claimed[1].name]))
      // Those that were under way when the job was cancelled have a later attempt.
      for task in claimed.dropFirst(2) {
        let again = try #require(done.first { $0.id.computation == task.id.computation })
        #expect(again.id.attempt > task.id.attempt)
      }
      await #expect(throws: JobStoreError.jobNotRetryable(job, .succeeded)) {
        try await harness.store.retry(job: job)
      }
    }
  }

  @Test func aJobThatCannotBePlannedFails() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let job = try await harness.submit()
      let task = try #require(try await harness.store.claim(session: session, limit: 1).first)
      var resolution = SampleJob.resolution("a")
      resolution.modelConfiguration = #"{"model_type": "gpt2"}"#
      let bytes = try ResultDocument.encode(resolution)
      let reply = try await harness.store.complete(
        session: session,
        [.init(id: task.id, result: ContentDigest(of: bytes), inline: bytes)])
      #expect(reply.refused.isEmpty)
      let status = try await harness.store.job(job)
      #expect(status.state == .failed)
      #expect(status.failure?.code == "bad-plan")
      #expect(status.failure?.message.contains("model_type") == true)
      #expect(try await harness.violations() == [])
      // Another try may resolve to something else.
      try await harness.store.retry(job: job)
      try await harness.drainQueue(session)
      #expect(try await harness.store.job(job).state == .succeeded)
    }
  }

  /// A model's configuration may hold anything, and what is wrong with it is quoted.
  @Test func aPlanErrorWithCharactersThatCannotBeStoredFailsTheJob() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      let session = try await harness.beginSession()
      let task = try #require(try await harness.store.claim(session: session, limit: 1).first)
      var resolution = SampleJob.resolution("a")
      resolution.modelConfiguration = #"{"model_type": "be\u0000rt"}"#
      let bytes = try ResultDocument.encode(resolution)
      let reply = try await harness.store.complete(
        session: session, [.init(id: task.id, result: ContentDigest(of: bytes), inline: bytes)])
      #expect(reply.refused.isEmpty)
      let status = try await harness.store.job(job)
      #expect(status.state == .failed)
      #expect(status.failure?.code == "bad-plan")
      #expect(status.failure?.message.contains("be\u{FFFD}rt") == true)
    }
  }

  @Test func aJobRunsWhenWhatItSharesRuns() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let resolvers = try await harness.beginSession(kinds: [.resolve])
      let first = try await harness.submit()
      try await harness.drainQueue(resolvers)
      let second = try await harness.submit()
      try await harness.drainQueue(resolvers)
      try await harness.store.cancel(job: second)
      #expect(try await !harness.store.claim(session: session, limit: 100).isEmpty)
      #expect(try await harness.store.job(first).state == .running)
      // All that it waits on is leased already; its resolution is done.
      #expect(try await harness.store.retry(job: second).state == .running)
      #expect(try await harness.violations() == [])
    }
  }
}
