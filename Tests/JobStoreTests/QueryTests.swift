import Foundation
import JobStore
import Jobs
import TestSupport
import Testing

@Suite struct QueryTests {
  @Test func jobsAreFoundByIdPrefixAndName() async throws {
    try await StoreHarness.with { harness in
      let old = try await harness.submit(SampleJob.specification(name: "nightly"))
      let new = try await harness.submit(SampleJob.specification(name: "nightly"))
      let store = harness.store
      #expect(try await store.jobID(old.uuidString) == old)
      #expect(try await store.jobID(old.uuidString.lowercased()) == old)
      #expect(try await store.jobID("nightly") == new)
      for length in [8, 13, 20, 35] {
        #expect(try await store.jobID(String(old.uuidString.prefix(length))) == old)
      }
      for reference in ["abc", "", "nobody", UUID().uuidString, "'; DROP TABLE jobs; --"] {
        await #expect(throws: JobStoreError.unknownJob(reference)) {
          try await store.jobID(reference)
        }
      }
      let twins = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]
        .compactMap(UUID.init(uuidString:))
      for (job, twin) in zip([old, new], twins) {
        _ = try await harness.pool.query(
          "UPDATE jobs SET uuid = $2 WHERE uuid = $1", [.uuid(job), .uuid(twin)])
      }
      await #expect(throws: JobStoreError.ambiguousJob("0000", candidates: twins)) {
        try await store.jobID("0000")
      }
    }
  }

  @Test func pagesCoverEverythingOnce() async throws {
    try await StoreHarness.with { harness in
      var jobs: [UUID] = []
      for index in 0..<5 {
        jobs.append(try await harness.submit(SampleJob.specification(name: "job-\(index)")))
      }
      var seen: [UUID] = []
      var after: String?
      repeat {
        let page = try await harness.store.jobs(after: after, limit: 2)
        seen += page.items.map(\.id)
        after = page.next
      } while after != nil
      #expect(seen == jobs.reversed())
      await #expect(throws: JobStoreError.self) {
        try await harness.store.jobs(after: "x", limit: 2)
      }

      try await harness.drainQueue(try await harness.beginSession())
      var names: [String] = []
      repeat {
        let page = try await harness.store.tasks(job: jobs[0], after: after, limit: 7)
        names += page.items.map(\.name)
        after = page.next
      } while after != nil
      let plan = try JobPlan.expand(SampleJob.specification(), SampleJob.resolution("a"))
      #expect(names == ["resolve"] + plan.map(\.name))
      let unknown = UUID()
      await #expect(throws: JobStoreError.self) {
        try await harness.store.tasks(job: unknown, after: nil, limit: 7)
      }
    }
  }

  @Test func statusShowsWorkersAndTimes() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      let session = try await harness.beginSession("host/1")
      let task = try #require(try await harness.store.claim(session: session, limit: 1).first)
      let worker = try #require(try await harness.store.workers().first)
      #expect(worker.worker == "host/1")
      #expect(worker.running == ["resolve"])
      let listed = try #require(
        try await harness.store.tasks(job: job, after: nil, limit: 10).items.first)
      #expect(listed.state == .leased)
      #expect(listed.worker == "host/1")
      #expect(listed.attempt == 1)
      #expect(listed.startedAt != nil)
      let statistics = try await harness.store.statistics()
      #expect(statistics.leased == [.resolve: 1])
      #expect(statistics.sessions == ["local": 1])
      #expect(statistics.slots == ["local": 2])
      _ = try await harness.complete(task, in: session)
      let status = try await harness.store.job(job)
      #expect(status.slots == 2)
      #expect(try #require(status.kinds.first?.meanSeconds) >= 0)
      #expect(try await harness.store.statistics().ready[.collect] == 3)
      #expect(try await harness.store.specification(job: job) == SampleJob.specification())
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func otherProcessesHearWhatHappens() async throws {
    try await StoreHarness.with { harness in
      // Another pool: what another process would see.
      let other = JobStore(pool: harness.pool, logger: TestCluster.logger)
      var heard = other.notifications().makeAsyncIterator()
      #expect(await heard.next() == .missed)
      let job = try await harness.submit()
      var first: Set<StoreNotification> = []
      while first.count < 2, let item = await heard.next() { first.insert(item) }
      #expect(first == [.ready, .job(job)])
      try await harness.store.setPool(PoolSize(pool: "local", desired: 2))
      #expect(await heard.next() == .pool("local"))
      let session = try await harness.beginSession()
      try await harness.store.drain(worker: session.uuidString)
      #expect(await heard.next() == .session(session))
    }
  }
}
