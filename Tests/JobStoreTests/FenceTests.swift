import Artifacts
import Foundation
import JobStore
import Jobs
import Testing

@Suite struct FenceTests {
  @Test func onlyTheHolderOfTheAttemptMayEndIt() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      let (mine, other) = (try await harness.beginSession(), try await harness.beginSession())
      let task = try #require(try await harness.store.claim(session: mine, limit: 1).first)
      let failure = TaskFailure(code: "x", message: "x", isRetryable: false)

      #expect(try await harness.complete(task, in: other).refused == [task.id])
      #expect(
        try await harness.store.fail(session: other, FailRequest(id: task.id, failure: failure))
          .refused == [task.id])
      #expect(try await harness.store.release(session: other, [task.id]).refused == [task.id])
      var stale = task
      stale.id.attempt -= 1
      #expect(try await harness.complete(stale, in: mine).refused == [stale.id])
      var unknown = task
      unknown.id.computation += 1_000_000
      #expect(try await harness.complete(unknown, in: mine).refused == [unknown.id])
      #expect(try await harness.store.job(job).state == .running)

      #expect(try await harness.complete(task, in: mine).refused.isEmpty)
      // Said twice is accepted, with another result it is not.
      #expect(try await harness.complete(task, in: mine).refused.isEmpty)
      let bytes = Data("something else".utf8)
      let changed = try await harness.store.complete(
        session: mine, [.init(id: task.id, result: ContentDigest(of: bytes), inline: bytes)])
      #expect(changed.refused == [task.id])
      #expect(try await harness.complete(task, in: other).refused == [task.id])
      let events = try await harness.store.events(job: job, after: 0, limit: 100)
      #expect(events.filter { $0.event == "planned" }.count == 1)
    }
  }

  @Test func aSilentSessionLosesItsLeasesAndItsLateWrites() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      let silent = try await harness.beginSession()
      let task = try #require(try await harness.store.claim(session: silent, limit: 1).first)
      #expect(try await harness.store.rescue(leaseSeconds: 30) == RescueReport())
      try await harness.age("sessions", "seen_at", seconds: 31)
      let report = try await harness.store.rescue(leaseSeconds: 30)
      #expect(report == RescueReport(expiredSessions: 1, takenOver: 1))
      #expect(try await harness.store.rescue(leaseSeconds: 30) == RescueReport())

      let reply = try await harness.store.heartbeat(
        session: silent, running: [.init(id: task.id, progress: 0.5)])
      #expect(reply.expired)
      #expect(reply.lost == [task.id])
      await #expect(throws: JobStoreError.unknownSession(silent)) {
        try await harness.store.claim(session: silent, limit: 1)
      }
      let next = try await harness.beginSession()
      let again = try #require(try await harness.store.claim(session: next, limit: 1).first)
      #expect(again.id.computation == task.id.computation)
      #expect(again.id.attempt == task.id.attempt + 1)
      #expect(try await harness.complete(task, in: silent).refused == [task.id])
      #expect(try await harness.complete(again, in: next).refused.isEmpty)
      let events = try await harness.store.events(job: job, after: 0, limit: 100).map(\.event)
      #expect(events.contains("rescued"))
    }
  }

  @Test func aPoisonousTaskFailsOnlyTheJobsThatWantIt() async throws {
    try await StoreHarness.with { harness in
      let first = try await harness.submit()
      let bystander = try await harness.submit(SampleJob.specification(name: "b", salt: "b"))
      let sane = try await harness.beginSession()
      var poison: Int64?
      for _ in 0..<TaskKind.resolve.maximumTries {
        let doomed = try await harness.beginSession()
        let tasks = try await harness.store.claim(session: doomed, limit: 2)
        let victim = try #require(tasks.first { $0.job == first })
        poison = victim.id.computation
        let others = tasks.map(\.id).filter { $0 != victim.id }
        _ = try await harness.store.release(session: doomed, others)
        _ = try await harness.pool.query(
          "UPDATE sessions SET seen_at = seen_at - interval '1 hour' WHERE id = $1",
          [.uuid(doomed)])
        _ = try await harness.store.rescue(leaseSeconds: 30)
        try await harness.age("computations", "not_before", seconds: 100)
      }
      let status = try await harness.store.job(first)
      #expect(status.state == .failed)
      #expect(status.failure?.code == "crashed")
      try await harness.drainQueue(sane)
      #expect(try await harness.store.job(bystander).state == .succeeded)
      let history = try await harness.pool.query(
        "SELECT outcome, worker FROM attempts WHERE computation = $1 ORDER BY attempt",
        [.int(try #require(poison))])
      #expect(
        try history.map { try $0.decode("outcome", as: String.self) }
          == Array(repeating: "crashed", count: TaskKind.resolve.maximumTries))
      #expect(try await harness.violations() == [])

      // The user tries again.
      try await harness.store.retry(job: first)
      try await harness.drainQueue(sane)
      #expect(try await harness.store.job(first).state == .succeeded)
    }
  }

  /// Two tasks in one process that dies: the innocent one succeeds, the poisonous one fails with its
  /// history, and only its own job with it.
  @Test func aPoisonousTaskDoesNotTakeItsNeighbourWithIt() async throws {
    try await StoreHarness.with { harness in
      let poisoned = try await harness.submit()
      let innocent = try await harness.submit(SampleJob.specification(name: "b", salt: "b"))
      let report = CrashReport(signal: "SIGSEGV", log: "one\0\nlast words")
      var deaths = 0
      while try await harness.store.job(poisoned).state != .failed {
        let doomed = try await harness.beginSession("host-\(deaths)")
        let tasks = try await harness.store.claim(session: doomed, limit: 2)
        try #require(deaths < 20)
        if deaths == 0 { #expect(tasks.count == 2 && !tasks.contains(where: \.runsAlone)) }
        if deaths > 0 { #expect(tasks.count == 1 && tasks.allSatisfy(\.runsAlone)) }
        #expect(tasks.contains { $0.job == poisoned })
        try await harness.store.crashed(session: doomed, report)
        try await harness.store.crashed(session: doomed, report)
        deaths += 1
        // What it held is back at once: nobody waits for the lease.
        #expect(try await harness.store.rescue(leaseSeconds: 30) == RescueReport())
        try await harness.age("computations", "not_before", seconds: 100)
      }
      try await harness.drainQueue(try await harness.beginSession())
      #expect(try await harness.store.job(innocent).state == .succeeded)
      #expect(deaths == TaskKind.resolve.maximumTries + 1)
      let history = try await harness.store.attempts(
        job: poisoned, task: "resolve", after: nil, limit: 100
      ).items.filter { $0.outcome == .crashed }
      #expect(history.map(\.isCounted) == [false] + Array(repeating: true, count: deaths - 1))
      #expect(
        history.allSatisfy { $0.signal == "SIGSEGV" && $0.log?.hasSuffix("last words") == true })
      #expect(history.map(\.worker) == (0..<deaths).map { "host-\($0)" })
      let failure = try #require(try await harness.store.job(poisoned).failure)
      #expect(failure.code == "crashed")
      #expect(failure.message.contains("SIGSEGV on host-1"))
      #expect(failure.message.contains("last words"))
      // Pages say the same.
      var pages: [TaskAttempt] = []
      var next: String?
      repeat {
        let page = try await harness.store.attempts(
          job: poisoned, task: nil, after: next, limit: 1)
        pages += page.items
        next = page.next
      } while next != nil
      #expect(pages.filter { $0.outcome == .crashed } == history)
      #expect(try await harness.violations() == [])

      // A retry goes on from what succeeded; attempts are never numbered anew.
      let last = try #require(pages.last?.attempt)
      try await harness.store.retry(job: poisoned)
      let sane = try await harness.beginSession()
      let again = try #require(try await harness.store.claim(session: sane, limit: 1).first)
      #expect(again.id.attempt > last && again.runsAlone)
      #expect(try await harness.complete(again, in: sane).refused.isEmpty)
      try await harness.drainQueue(sane)
      #expect(try await harness.store.job(poisoned).state == .succeeded)
    }
  }

  @Test func aRetryableFailureWaitsAndIsTriedAgain() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      let session = try await harness.beginSession()
      let failure = TaskFailure(code: "network", message: "unreachable", isRetryable: true)
      for attempt in 1...TaskKind.resolve.maximumTries {
        let task = try #require(try await harness.store.claim(session: session, limit: 1).first)
        #expect(task.id.attempt == Int32(attempt))
        let reply = try await harness.store.fail(
          session: session, FailRequest(id: task.id, failure: failure))
        #expect(reply.refused.isEmpty)
        #expect(try await harness.store.claim(session: session, limit: 1).isEmpty)
        try await harness.age("computations", "not_before", seconds: 100)
      }
      let status = try await harness.store.job(job)
      #expect(status.state == .failed)
      #expect(status.failure?.code == "network")
      #expect(try await harness.violations() == [])
    }
  }

  @Test func aFinalFailureCancelsDescendantsAndWorkThatNobodyElseWants() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      let session = try await harness.beginSession()
      _ = try await harness.complete(
        try await harness.store.claim(session: session, limit: 1), in: session)
      let running = try await harness.store.claim(session: session, limit: 100)
      let victim = try #require(running.first { $0.parameters.kind == .collect })
      let failure = TaskFailure(code: "bad-input", message: "line 3", isRetryable: false)
      _ = try await harness.store.fail(
        session: session, FailRequest(id: victim.id, failure: failure))
      let status = try await harness.store.job(job)
      #expect(status.state == .failed)
      #expect(status.failure?.message == "\(victim.name): line 3")
      let tasks = try await harness.store.tasks(job: job, after: nil, limit: 1000).items
      #expect(tasks.filter { $0.state == .failed }.map(\.name) == [victim.name])
      #expect(tasks.filter { $0.state == .succeeded }.map(\.name) == ["resolve"])
      #expect(tasks.filter { $0.state == .cancelled }.count == tasks.count - 2)
      let lost = try await harness.store.news(session: session, running: running.map(\.id)).lost
      #expect(Set(lost) == Set(running.map(\.id)))
      #expect(try await harness.store.claim(session: session, limit: 1).isEmpty)
      #expect(try await harness.violations() == [])
    }
  }

  @Test func resultsMustBeThereAndBeWhatTheyAreCalled() async throws {
    try await StoreHarness.with { harness in
      let job = try await harness.submit()
      let session = try await harness.beginSession()
      let task = try #require(try await harness.store.claim(session: session, limit: 1).first)
      let absent = ContentDigest(of: Data("never stored".utf8))
      await #expect(throws: JobStoreError.blobMissing(absent)) {
        try await harness.store.complete(
          session: session, [.init(id: task.id, result: absent, inline: nil)])
      }
      let lie = Data("lie".utf8)
      await #expect(
        throws: JobStoreError.digestMismatch(announced: absent, found: ContentDigest(of: lie))
      ) {
        try await harness.store.complete(
          session: session, [.init(id: task.id, result: absent, inline: lie)])
      }
      #expect(try await harness.store.job(job).kinds.first?.running == 1)
      // Uploaded before: accepted without its bytes.
      let result = try SampleJob.result(of: task).bytes
      let digest = try await harness.store.putBlob(result)
      let reply = try await harness.store.complete(
        session: session, [.init(id: task.id, result: digest, inline: nil)])
      #expect(reply.refused.isEmpty)
      #expect(try await harness.violations() == [])
    }
  }
}
