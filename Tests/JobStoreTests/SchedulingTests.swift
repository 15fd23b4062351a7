import Foundation
import JobStore
import Jobs
import Testing

@Suite struct SchedulingTests {
  @Test func labelsAreHandedOutToThoseWhoOfferThem() async throws {
    try await StoreHarness.with { harness in
      var specification = SampleJob.specification()
      specification.scheduling.requirements = [
        .resolve: TaskRequirement(labels: ["zone=a"], memoryMiB: 4096)
      ]
      _ = try await harness.submit(specification)
      for (labels, memory) in [([], 8192), (["zone=b"], 8192), (["zone=a"], 4095)] {
        let session = try await harness.beginSession(labels: labels, memoryMiB: memory)
        #expect(try await harness.store.claim(session: session, limit: 10).isEmpty)
      }
      let session = try await harness.beginSession(labels: ["more", "zone=a"], memoryMiB: 4096)
      #expect(try await harness.store.claim(session: session, limit: 10).map(\.name) == ["resolve"])
    }
  }

  @Test func tasksThatRunTheModelGoToWorkersWithThePlansKernels() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      let others = try await harness.beginSession("other", labels: [], kernels: "OpenBLAS 1 Zen")
      let done = try await harness.drainQueue(others)
      #expect(done.map(\.parameters.kind) == [.resolve])
      let same = try await harness.beginSession(
        "same", labels: [], kernels: SampleJob.resolution("a").kernels)
      try await harness.drainQueue(same)
      #expect(try await harness.store.job(job).state == .succeeded)
      // The others take part in what no kernels are pinned for.
      _ = try await harness.submit(SampleJob.specification(salt: "b"))
      #expect(try await harness.drainQueue(others).count == 1)
    }
  }

  @Test func workersOfTheFirstSchemaGetEverything() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      try await harness.drainQueue(try await harness.beginSession())
      #expect(try await harness.store.job(job).state == .succeeded)
    }
  }

  @Test func largerPrioritiesGoFirstAndASharedComputationTakesTheLarger() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let low = try await harness.submit(SampleJob.specification(name: "low", salt: "a"))
      let high = try await harness.submit(Self.job("high", salt: "b", priority: 5))
      var jobs = try await harness.store.claim(session: session, limit: 1).map(\.job)
      #expect(jobs == [high])
      jobs = try await harness.store.claim(session: session, limit: 1).map(\.job)
      #expect(jobs == [low])
    }
    try await StoreHarness.with { harness in
      // Both jobs want the same collection; the other two kinds of work stay apart.
      let session = try await harness.beginSession(kinds: [.resolve])
      _ = try await harness.submit(SampleJob.specification(name: "low", salt: "a"))
      try await harness.drainQueue(session)
      _ = try await harness.submit(SampleJob.specification(name: "middle", salt: "b"))
      try await harness.drainQueue(session)
      _ = try await harness.submit(Self.job("high", salt: "a", priority: 5))
      try await harness.drainQueue(session)
      let rows = try await harness.pool.query(
        """
        SELECT DISTINCT c.priority::int AS priority FROM computations c
        JOIN tasks t ON t.computation = c.id JOIN jobs j ON j.id = t.job
        WHERE j.name = 'low' AND c.state = 'ready'
        """)
      #expect(try rows.map { try $0.decode("priority", as: Int.self) } == [5])
    }
  }

  @Test func aSweepDoesNotStarveASmallJobAndWeightsCount() async throws {
    try await StoreHarness.with { harness in
      try await harness.seedReady(job: "sweep", tasks: 10_000, weight: 1)
      let session = try await harness.beginSession()
      for _ in 0..<3 {
        let tasks = try await harness.store.claim(session: session, limit: 100)
        _ = try await harness.complete(tasks, in: session)
      }
      // Joins where the sweep has got, three of its tasks for each of the sweep's.
      try await harness.joinQueue(job: "small", tasks: 30, weight: 3)
      let names = try await harness.jobNames(
        harness.store.claim(session: session, limit: 100))
      let last = try #require(names.lastIndex(of: "small"))
      #expect(names.count { $0 == "small" } == 30)
      #expect((30...60).contains(last), "the small job's last task came after \(last) others")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func workThatNobodyCanDoStandsInNobodysWay() async throws {
    try await StoreHarness.with { harness in
      try await harness.seedReady(job: "gpu", tasks: 10_000, weight: 1, label: "gpu")
      try await harness.seedReady(job: "plain", tasks: 10, weight: 1, after: 1e9)
      let session = try await harness.beginSession(labels: [])
      let tasks = try await harness.store.claim(session: session, limit: 100)
      #expect(try await harness.jobNames(tasks) == Array(repeating: "plain", count: 10))
      // The claim did not walk over them: it read about as many rows as it leased.
      try await harness.seedReady(job: "again", tasks: 10, weight: 1, after: 1e9)
      let read = try await harness.rowsRead {
        _ = try await harness.store.claim(session: session, limit: 100)
      }
      #expect(read < 500)
    }
  }

  @Test func whatBecomesReadyBeforeTheMarkIsHandedOut() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      try await harness.seedReady(job: "late", tasks: 20, weight: 1, after: 100)
      #expect(try await harness.store.claim(session: session, limit: 10).count == 10)
      try await harness.seedReady(job: "early", tasks: 5, weight: 1)
      // More than the late ones: a short answer makes it look from the head.
      let names = try await harness.jobNames(harness.store.claim(session: session, limit: 100))
      #expect(names.count { $0 == "early" } == 5)
      #expect(names.count { $0 == "late" } == 10)
    }
  }

  @Test func variantsShareCollectionAndBaselineWithinAndAcrossJobs() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let first = try await harness.submit(SampleJob.specification(name: "first", variants: 3))
      let ran = try await harness.drainQueue(session)
      // One collection and one baseline for three variants.
      let collected = ran.count { $0.parameters.kind == .collect }
      let planned = try await harness.store.job(first).kinds.first { $0.kind == .collect }
      #expect(collected == planned?.total)
      let second = try await harness.submit(SampleJob.specification(name: "second", variants: 4))
      let more = try await harness.drainQueue(session)
      #expect(!more.contains { $0.parameters.kind == .collect || $0.parameters.kind == .merge })
      let status = try await harness.store.job(second)
      #expect(status.state == .succeeded)
      for kind in status.kinds where kind.kind == .collect || kind.kind == .merge {
        #expect(kind.reused == kind.total)
      }
      let reused = status.kinds.reduce(0) { $0 + $1.reused }
      #expect(reused + more.count == status.kinds.reduce(0) { $0 + $1.total })
    }
  }

  private static func job(_ name: String, salt: String, priority: Int) -> JobSpecification {
    var specification = SampleJob.specification(name: name, salt: salt)
    specification.scheduling.priority = priority
    return specification
  }
}
