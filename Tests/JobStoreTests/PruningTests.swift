import Artifacts
import Foundation
import JobStore
import Jobs
import TestSupport
import Testing

@Suite struct PruningTests {
  private static let year = 365 * 86_400

  /// Everything that has happened lies `seconds` back.
  private func age(_ harness: StoreHarness, seconds: Int) async throws {
    for (table, column) in [
      ("jobs", "finished_at"), ("tasks", "finished_at"), ("computations", "finished_at"),
      ("blobs", "touched_at"), ("sessions", "ended_at"), ("idempotency_keys", "created_at"),
    ] { try await harness.age(table, column, seconds: seconds) }
  }

  /// - Parameter limit: Small, so that it takes many batches.
  @discardableResult
  private func pruneAll(_ harness: StoreHarness, limit: Int = 3) async throws -> PruneReport {
    var total = PruneReport()
    while true {
      let report = try await harness.store.prune(RetentionPolicy(), limit: limit)
      for (table, rows) in report.byTable where table != "computations" {
        #expect(rows <= limit, "\(table)")
      }
      if report == PruneReport() { return total }
      total += report
    }
  }

  private func count(_ harness: StoreHarness, _ what: String) async throws -> Int {
    try await harness.pool.query("SELECT count(*) AS n FROM \(what)").first?.decode("n") ?? -1
  }

  @Test func oldJobsGoAndWhatArtifactsCameFromStays() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let job = try await harness.submit()
      try await harness.drainQueue(session)
      let again = try await harness.submit(SampleJob.specification(name: "again"))
      try await harness.drainQueue(session)
      let failed = try await harness.submit(SampleJob.specification(salt: "b"))
      try await harness.store.cancel(job: failed)
      try await harness.store.endSession(session)
      let artifact = try await harness.store.artifact("sample-a", "latest")
      #expect(artifact.job == job)
      let report = try await harness.store.results(job: job, kinds: JobReport.kinds)
      #expect(!report.isEmpty)

      try await age(harness, seconds: Self.year)
      let removed = try await pruneAll(harness)
      #expect(removed.jobs == 2)
      #expect(removed.events > 0 && removed.tasks > 0 && removed.blobs > 0)

      let kept = try await harness.store.artifact("sample-a", "latest")
      #expect(kept.digest == artifact.digest && kept.job == job)
      for file in kept.files {
        #expect(try await harness.store.blob(file.digest).chunks.collect().count == file.size)
      }
      #expect(try await harness.store.results(job: job, kinds: JobReport.kinds) == report)
      #expect(try await harness.store.specification(job: job) == SampleJob.specification())
      #expect(try await harness.store.job(job).state == .succeeded)
      for gone in [again, failed] {
        await #expect(throws: JobStoreError.self) { _ = try await harness.store.job(gone) }
      }
      for table in [
        "events", "attempts", "task_payloads", "sessions",
        "computations c WHERE NOT EXISTS (SELECT FROM tasks WHERE computation = c.id)",
      ] {
        #expect(try await count(harness, table) == 0, "\(table)")
      }
      #expect(
        try await count(
          harness,
          """
          blobs b WHERE NOT EXISTS (SELECT FROM tasks WHERE result = b.digest)
            AND NOT EXISTS (SELECT FROM artifact_files WHERE digest = b.digest)
          """) == 0)

      // The same job once more: what was removed is computed again, to the same artifact.
      let next = try await harness.beginSession()
      let anew = try await harness.submit()
      try await harness.drainQueue(next)
      #expect(try await harness.store.job(anew).artifact?.digest == artifact.digest)
    }
  }

  @Test func resultsGoEarlierThanJobsUnlessSomebodyNeedsThem() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let job = try await harness.submit()
      try await harness.drainQueue(session)
      let evaluated = try await harness.store.results(job: job, kinds: [.evaluate])
      try await age(harness, seconds: 8 * 86_400)

      // A job that runs has begun to use them.
      let running = try await harness.submit(SampleJob.specification(name: "running"))
      let resolve = try await harness.store.claim(session: session, limit: 1)
      _ = try await harness.complete(resolve, in: session)
      let used = try await harness.store.results(job: running, kinds: nil).map(\.digest)
      try await pruneAll(harness)
      for digest in used { #expect(try await harness.store.hasBlob(digest)) }
      try await harness.drainQueue(session)
      #expect(try await harness.store.job(running).state == .succeeded)

      try await age(harness, seconds: 8 * 86_400)
      try await pruneAll(harness)
      for result in evaluated { #expect(try await !harness.store.hasBlob(result.digest)) }
      for id in [job, running] {
        #expect(try await !harness.store.results(job: id, kinds: JobReport.kinds).isEmpty)
        #expect(try await !harness.store.events(job: id, after: 0, limit: 10).isEmpty)
      }
    }
  }

  @Test func aJobBeingRemovedCannotBeRetried() async throws {
    try await StoreHarness.with { harness in
      let session = try await harness.beginSession()
      let job = try await harness.submit()
      let resolve = try await harness.store.claim(session: session, limit: 1)
      _ = try await harness.complete(resolve, in: session)
      try await harness.store.cancel(job: job)
      try await age(harness, seconds: Self.year)
      _ = try await harness.store.prune(RetentionPolicy(), limit: 1)
      await #expect(throws: JobStoreError.jobPruned(job)) {
        try await harness.store.retry(job: job)
      }
    }
  }

  @Test func abandonedUploadsGoWithTheirPieces() async throws {
    try await StoreHarness.with { harness in
      _ = try await harness.pool.query(
        """
        WITH upload AS (INSERT INTO blobs DEFAULT VALUES RETURNING id)
        INSERT INTO blob_chunks SELECT id, n, '\\x00' FROM upload, generate_series(0, 4) n
        """)
      #expect(try await pruneAll(harness).blobs == 0)
      try await harness.age("blobs", "touched_at", seconds: 2 * 86_400)
      #expect(try await pruneAll(harness).blobs == 1)
      #expect(try await count(harness, "blob_chunks") == 0)
    }
  }

  @Test func oneLeadsAndADeadLeaderIsReplaced() async throws {
    try await StoreHarness.with { harness in
      let (first, second) = (UUID(), UUID())
      let other = JobStore(pool: harness.pool, logger: TestCluster.logger)
      #expect(try await harness.store.lead(holder: first, seconds: 60))
      #expect(try await !other.lead(holder: second, seconds: 60))
      #expect(try await harness.store.lead(holder: first, seconds: 60))
      // Its lease runs out.
      try await harness.age("leases", "expires_at", seconds: 61)
      #expect(try await other.lead(holder: second, seconds: 60))
      #expect(try await !harness.store.lead(holder: first, seconds: 60))
      try await harness.store.resign(holder: first)
      #expect(try await !harness.store.lead(holder: first, seconds: 60))
      try await other.resign(holder: second)
      #expect(try await harness.store.lead(holder: first, seconds: 60))
      // Many at once: one.
      try await harness.store.resign(holder: first)
      let leaders = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask { try await harness.store.lead(holder: UUID(), seconds: 60) }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(leaders == 1)
    }
  }
}
