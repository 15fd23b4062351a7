import Foundation
import JobStore
import Postgres
import TestSupport
import Testing

/// A backup taken in mid-job with the tools that everyone has.
@Suite struct RestoreTests {
  private func run(_ command: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-ec", command]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw TestSupportError("failed: \(command)") }
  }

  @Test func aJobGoesOnFromABackup() async throws {
    let text = try await TestCluster.shared.database(template: "job_store") { text in
      let pool = try StoreHarness.makePool(text, connections: 1)
      try await JobStore.migrate(pool: pool, logger: TestCluster.logger)
      await pool.shutdown()
    }
    let other = try await TestCluster.shared.database()
    let folder = try TemporaryDirectory.make()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "backup.sql").path
    try await with(text) { harness in
      let session = try await harness.beginSession()
      let job = try await harness.submit()
      let resolve = try await harness.store.claim(session: session, limit: 1)
      _ = try await harness.complete(resolve, in: session)
      let running = try await harness.store.claim(session: session, limit: 1)
      #expect(running.count == 1)

      try run("pg_dump --no-owner --file '\(file)' --dbname '\(text)'")
      // After the backup the old database goes on, to an artifact and to higher attempts.
      _ = try await harness.complete(running, in: session)
      try await harness.drainQueue(session)
      let artifact = try await harness.store.artifact("sample-a", "latest")

      try run("psql --quiet --set ON_ERROR_STOP=1 --file '\(file)' --dbname '\(other)'")
      try await with(other) { restored in
        #expect(try await restored.store.job(job).state == .running)
        try await restored.store.restored()
        // The worker that never died still holds what it held.
        let late = try await restored.complete(running, in: session)
        #expect(late.refused == running.map(\.id))
        let next = try await restored.beginSession()
        let claimed = try await restored.store.claim(session: next, limit: 100)
        for task in claimed { #expect(task.id.attempt > 1000) }
        _ = try await restored.complete(claimed, in: next)
        try await restored.drainQueue(next)
        #expect(try await restored.store.job(job).state == .succeeded)
        #expect(
          try await restored.store.artifact("sample-a", "latest").digest == artifact.digest)
        #expect(try await restored.violations() == [])
        // Who follows events by their number misses none of the new ones.
        let before = try await harness.store.events(job: job, after: 0, limit: 1000).map(\.id).max()
        let after = try await restored.store.events(job: job, after: before ?? 0, limit: 1000)
        #expect(after.contains { $0.event == "published" })
      }
    }
  }

  private func with(_ text: String, _ body: (StoreHarness) async throws -> Void) async throws {
    let pool = try StoreHarness.makePool(text, connections: 8)
    do {
      let store = try await JobStore.open(pool: pool, logger: TestCluster.logger)
      try await body(StoreHarness(store: store, pool: pool))
      await pool.shutdown()
    } catch {
      await pool.shutdown()
      throw error
    }
  }
}
