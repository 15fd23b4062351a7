import Foundation
import Postgres
import TestSupport
import Testing

@testable import JobStore

/// Coordinators of the release before and of this one over one database.
@Suite struct UpgradeTests {
  /// What a program of M0001 writes, in its words, runs before and after the later migrations, and
  /// this program reads it.
  @Test func statementsOfTheFirstReleaseRunOnTheNewSchema() async throws {
    let pool = try StoreHarness.makePool(
      try await TestCluster.shared.database(), connections: 2)
    do {
      let first = Array(Migration.all.prefix(1))
      _ = try await JobStore.migrate(pool: pool, migrations: first, logger: TestCluster.logger)
      try await old(pool, number: 1)
      let applied = try await JobStore.migrate(pool: pool, logger: TestCluster.logger)
      #expect(applied == Migration.all.dropFirst().map(\.name))
      try await old(pool, number: 2)
      // The old program's own check of the schema, and this one's.
      try await pool.withConnection { try await JobStore.check($0, migrations: first) }
      let store = try await JobStore.open(pool: pool, logger: TestCluster.logger)
      let rows = try await pool.query("SELECT uuid FROM jobs ORDER BY id")
      #expect(rows.count == 2)
      for row in rows { _ = try await store.job(try row.decode("uuid")) }
      #expect(try await store.statistics().migration == Migration.all.count)
      await pool.shutdown()
    } catch {
      await pool.shutdown()
      throw error
    }
  }

  private func old(_ pool: PostgresPool, number: Int) async throws {
    let (job, session) = (UUID(), UUID())
    let key = PostgresValue.bytes(Data([UInt8(number)]))
    let name = PostgresValue.text("old-\(number)")
    let statements: [(String, [PostgresValue])] = [
      (
        "INSERT INTO jobs (uuid, name, specification, token) VALUES ($1, $2, '{}', 't')",
        [.uuid(job), name]
      ),
      (
        """
        INSERT INTO computations (key, kind, code_version, priority, virtual_start)
        VALUES ($1, 'train', 1, 0, 0)
        """, [key]
      ),
      (
        """
        INSERT INTO sessions (id, worker, pool, slots, kinds, kernel_class, version)
        VALUES ($1, $2, 'p', 1, '{train 1}', 'Haswell', '0.1') ON CONFLICT (id) DO NOTHING
        """, [.uuid(session), name]
      ),
      ("INSERT INTO tokens (name, role, hash) VALUES ($1, 'work', $2)", [name, key]),
      (
        """
        UPDATE computations SET state = 'leased', attempt = attempt + 1, session = $1,
          leased_at = clock_timestamp() WHERE key = $2
        """, [.uuid(session), key]
      ),
      (
        """
        INSERT INTO attempts (computation, attempt, session, worker, started_at, outcome)
        SELECT id, attempt, session, 'w', leased_at, 'failed' FROM computations WHERE key = $1
        """, [key]
      ),
      (
        """
        INSERT INTO idempotency_keys (token, key, request, job) VALUES ('t', $1, $2, $3)
        ON CONFLICT (token, key) DO NOTHING RETURNING job
        """, [name, key, .uuid(job)]
      ),
      ("UPDATE computations SET state = 'cancelled' WHERE key = $1", [key]),
    ]
    for (sql, parameters) in statements { _ = try await pool.query(sql, parameters) }
  }
}
