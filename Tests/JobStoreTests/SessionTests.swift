import Foundation
import JobStore
import Jobs
import Testing

@Suite struct SessionTests {
  @Test func aLeaseThatItsSessionNeverListsReturns() async throws {
    try await StoreHarness.with { harness in
      _ = try await harness.submit()
      let session = try await harness.beginSession()
      let task = try #require(try await harness.store.claim(session: session, limit: 1).first)
      let listed = [HeartbeatRequest.Running(id: task.id, progress: 0)]
      // The reply to the claim may still be under way.
      _ = try await harness.store.heartbeat(session: session, running: [])
      try await harness.age("computations", "unlisted_at", seconds: 9)
      _ = try await harness.store.heartbeat(session: session, running: [])
      #expect(try await harness.store.heartbeat(session: session, running: listed).lost.isEmpty)
      // Listed once: the count begins anew.
      _ = try await harness.store.heartbeat(session: session, running: [])
      try await harness.age("computations", "unlisted_at", seconds: 11)
      _ = try await harness.store.heartbeat(session: session, running: [])
      let again = try #require(try await harness.store.claim(session: session, limit: 1).first)
      #expect(again.id.attempt == task.id.attempt + 1)
      #expect(
        try await harness.store.heartbeat(session: session, running: listed).lost == [task.id])
      let tries = try await harness.pool.query("SELECT tries FROM computations")
      #expect(try tries.first?.decode("tries", as: Int.self) == 1)
    }
  }

  @Test func progressThatStandsStillFailsTheAttempt() async throws {
    try await StoreHarness.with { harness in
      _ = try await harness.submit()
      let session = try await harness.beginSession()
      let task = try #require(try await harness.store.claim(session: session, limit: 1).first)
      func beat(_ progress: Double) async throws -> HeartbeatReply {
        try await harness.store.heartbeat(
          session: session, running: [.init(id: task.id, progress: progress)])
      }
      let limit = TaskKind.resolve.frozenProgressLimitSeconds
      _ = try await beat(0.1)
      try await harness.age("computations", "progress_at", seconds: limit - 60)
      _ = try await beat(0.2)
      try await harness.age("computations", "progress_at", seconds: limit - 60)
      _ = try await beat(0.2)
      #expect(try await harness.store.rescue(leaseSeconds: 30) == RescueReport())
      try await harness.age("computations", "progress_at", seconds: 61)
      #expect(try await harness.store.rescue(leaseSeconds: 30) == RescueReport(frozen: 1))
      #expect(try await beat(0.3).lost == [task.id])
    }
  }

  @Test(arguments: [1e-60, 1e-40, -1, 2, .nan, .infinity])
  func everyNumberIsAProgress(_ progress: Double) async throws {
    try await StoreHarness.with { harness in
      _ = try await harness.submit()
      let session = try await harness.beginSession()
      let task = try #require(try await harness.store.claim(session: session, limit: 1).first)
      let reply = try await harness.store.heartbeat(
        session: session, running: [.init(id: task.id, progress: progress)])
      #expect(reply.lost.isEmpty)
      let rows = try await harness.pool.query("SELECT progress::float8 FROM computations")
      let stored = try #require(try rows.first?.decode("progress", as: Double.self))
      #expect((0...1).contains(stored))
    }
  }

  @Test func aDrainingWorkerGetsNothingAndIsTold() async throws {
    try await StoreHarness.with { harness in
      _ = try await harness.submit()
      let session = try await harness.beginSession("drained")
      await #expect(throws: JobStoreError.unknownWorker("nobody")) {
        try await harness.store.drain(worker: "nobody")
      }
      try await harness.store.drain(worker: "drained")
      #expect(try await harness.store.claim(session: session, limit: 1).isEmpty)
      #expect(try await harness.store.heartbeat(session: session, running: []).drain)
      #expect(try await harness.store.workers().map(\.isDraining) == [true])
      let twin = try await harness.beginSession("drained")
      let both = [session, twin].sorted { $0.uuidString < $1.uuidString }
      await #expect(throws: JobStoreError.ambiguousWorker("drained", candidates: both)) {
        try await harness.store.drain(worker: "drained")
      }
      try await harness.store.drain(worker: String(twin.uuidString.prefix(13)))
      #expect(try await harness.store.news(session: twin, running: []).drain)
    }
  }

  @Test func whatIsGivenBackIsNotCountedAsTried() async throws {
    try await StoreHarness.with { harness in
      _ = try await harness.submit()
      for attempt in 1...(2 * TaskKind.resolve.maximumTries) {
        let session = try await harness.beginSession()
        let task = try #require(try await harness.store.claim(session: session, limit: 1).first)
        #expect(task.id.attempt == Int32(attempt))
        if attempt % 2 == 0 {
          #expect(try await harness.store.release(session: session, [task.id]).refused.isEmpty)
        }
        try await harness.store.endSession(session)
        try await harness.store.endSession(session)
        await #expect(throws: JobStoreError.unknownSession(session)) {
          try await harness.store.claim(session: session, limit: 1)
        }
      }
      #expect(try await harness.store.workers().isEmpty)
      #expect(try await harness.violations() == [])
    }
  }

  @Test func onlyKindsAndCodeVersionsOfTheSessionAreHandedOut() async throws {
    try await StoreHarness.with { harness in
      _ = try await harness.submit()
      let trainer = try await harness.beginSession(kinds: [.train])
      #expect(try await harness.store.claim(session: trainer, limit: 10).isEmpty)
      let newer = UUID()
      try await harness.store.beginSession(
        SessionRequest(
          session: newer, worker: "newer", pool: "local", slots: 1,
          kinds: [.resolve: TaskKind.resolve.codeVersion + 1], kernelClass: "", version: ""))
      #expect(try await harness.store.claim(session: newer, limit: 10).isEmpty)
      let able = try await harness.beginSession(kinds: [.train, .resolve])
      #expect(try await harness.store.claim(session: able, limit: 10).map(\.name) == ["resolve"])
    }
  }

  /// The claims of all that offer the same would end at such a number.
  @Test(arguments: [0, -1, Int(Int32.max) + 1, Int.min])
  func aCodeVersionThatCannotBeIsRefused(_ version: Int) async throws {
    try await StoreHarness.with { harness in
      await #expect(
        throws: JobStoreError.invalid(
          "kinds: train: \(version) must be in 1...\(Int32.max)")
      ) {
        try await harness.store.beginSession(
          SessionRequest(
            session: UUID(), worker: "odd", pool: "local", slots: 1, kinds: [.train: version],
            kernelClass: "", version: ""))
      }
    }
  }

  @Test func oneLookForSeveralSessionsGivesEachItsOwn() async throws {
    try await StoreHarness.with { harness in
      try await harness.seedReady(job: "many", tasks: 6, weight: 1)
      let (first, second) = (
        try await harness.beginSession("first"), try await harness.beginSession("second")
      )
      let (gone, draining) = (
        try await harness.beginSession("gone"), try await harness.beginSession("draining")
      )
      try await harness.store.endSession(gone)
      try await harness.store.drain(worker: draining.uuidString.lowercased())
      let claims = [gone, first, draining, second].map { SessionClaim(session: $0, limit: 4) }
      let tasks = try await harness.store.claim(claims)
      // What comes first in the queue goes to whom comes first, nothing to those who want none.
      #expect(tasks.mapValues(\.count) == [first: 4, second: 2])
      for (session, mine) in tasks {
        #expect(try await harness.complete(mine, in: session).refused.isEmpty)
      }
      #expect(try await harness.store.claim(claims).isEmpty)
      #expect(try await harness.violations() == [])
    }
  }

  @Test func smallJobsAreNotStarvedByLargeOnes() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      _ = try await harness.submit(SampleJob.specification(name: "large", salt: "l", variants: 40))
      // The large job has spent much of its share when the small one comes.
      for _ in 0..<30 {
        _ = try await harness.complete(
          try await harness.store.claim(session: session, limit: 4), in: session)
      }
      let small = try await harness.submit(
        SampleJob.specification(name: "small", salt: "s", variants: 1))
      var claims = 0
      while try await harness.store.job(small).state != .succeeded {
        let tasks = try await harness.store.claim(session: session, limit: 4)
        _ = try await harness.complete(tasks, in: session)
        claims += 1
        try #require(claims < 100)
      }
      // About 20 tasks, half of the share, 4 at a time: the large one has over 200 tasks.
      #expect(claims < 30)
      #expect(try await harness.store.jobs(after: nil, limit: 10).items.last?.state == .running)
    }
  }
}
