import Artifacts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import JobStore

@Suite struct MigrationTests {
  private func withEmptyDatabase(_ body: (PostgresPool) async throws -> Void) async throws {
    let pool = try StoreHarness.makePool(
      try await TestCluster.shared.database(), connections: 4)
    do {
      try await body(pool)
      await pool.shutdown()
    } catch {
      await pool.shutdown()
      throw error
    }
  }

  private func migrate(_ pool: PostgresPool, _ migrations: [Migration]) async throws -> [String] {
    try await JobStore.migrate(pool: pool, migrations: migrations, logger: TestCluster.logger)
  }

  private func check(_ pool: PostgresPool, _ migrations: [Migration]) async throws {
    try await pool.withConnection { try await JobStore.check($0, migrations: migrations) }
  }

  private let first = Migration(
    name: "M0001_a", sql: "-- compatible-with: 1\nCREATE TABLE a (id int);")
  private let second = Migration(
    name: "M0002_b", sql: "-- compatible-with: 1\nCREATE TABLE b (id int);")
  private let breaking = Migration(
    name: "M0003_c", sql: "-- compatible-with: 3\nDROP TABLE a;")

  @Test func theFilesAreTheEmbeddedOnes() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "migrations")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".sql") }.sorted()
    #expect(Migration.all.map { $0.name + ".sql" } == names)
    let released = try String(
      contentsOf: folder.appending(path: "CHECKSUMS"), encoding: .utf8)
    for migration in Migration.all {
      let file = try Data(contentsOf: folder.appending(path: migration.name + ".sql"))
      #expect(migration.checksum == ContentDigest(of: file).hexadecimal)
      #expect(released.contains("\(migration.checksum)  \(migration.name).sql\n"))
      _ = try migration.compatibleWith()
    }
  }

  @Test func manyAtOnceMigrateOnce() async throws {
    try await withEmptyDatabase { pool in
      let applied = try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await JobStore.migrate(pool: pool, logger: TestCluster.logger)
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(applied == Migration.all.map(\.name))
      _ = try await JobStore.open(pool: pool, logger: TestCluster.logger)
    }
  }

  @Test func aStoreNeedsItsSchema() async throws {
    try await withEmptyDatabase { pool in
      let none = await #expect(throws: JobStoreError.self) {
        _ = try await JobStore.open(pool: pool, logger: TestCluster.logger)
      }
      #expect(none?.description.contains("nnlut migrate") == true)
      _ = try await migrate(pool, [first])
      let older = await #expect(throws: JobStoreError.self) {
        try await check(pool, [first, second])
      }
      #expect(older?.description.contains("nnlut migrate") == true)
      #expect(try await migrate(pool, [first, second]) == ["M0002_b"])
      try await check(pool, [first, second])
    }
  }

  @Test func anOlderProgramLivesWithWhatItCanAndRefusesTheRest() async throws {
    try await withEmptyDatabase { pool in
      _ = try await migrate(pool, [first, second])
      try await check(pool, [first])
      #expect(try await migrate(pool, [first]) == [])
      _ = try await migrate(pool, [first, second, breaking])
      for known in [[first], [first, second]] {
        let error = await #expect(throws: JobStoreError.self) { try await check(pool, known) }
        #expect(error?.description.contains("use a newer nnlut") == true)
        await #expect(throws: JobStoreError.self) { _ = try await migrate(pool, known) }
      }
      try await check(pool, [first, second, breaking])
    }
  }

  @Test func aChangedMigrationIsRefused() async throws {
    try await withEmptyDatabase { pool in
      _ = try await migrate(pool, [first])
      let changed = Migration(name: first.name, sql: first.sql + " -- later")
      for body in [check, { _ = try await migrate($0, $1) }] {
        let error = await #expect(throws: JobStoreError.self) {
          try await body(pool, [changed, second])
        }
        #expect(error?.description.contains("M0001_a") == true)
      }
      #expect(
        try await pool.query("SELECT to_regclass('b') AS b")[0].decode("b", as: String?.self) == nil
      )
    }
  }

  @Test func aMigrationThatFailsLeavesNothing() async throws {
    try await withEmptyDatabase { pool in
      let bad = Migration(
        name: "M0002_bad",
        sql: "-- compatible-with: 1\nCREATE TABLE half (id int); SELECT 1 / 0;")
      let error = await #expect(throws: PostgresError.self) {
        _ = try await migrate(pool, [first, bad])
      }
      #expect(error?.sqlState == "22012")
      let rows = try await pool.query(
        "SELECT to_regclass('a')::text AS a, to_regclass('half')::text AS half")
      #expect(try rows.first?.decode("a", as: String?.self) == "a")
      #expect(try rows.first?.decode("half", as: String?.self) == nil)
      try await check(pool, [first])
    }
  }
}
