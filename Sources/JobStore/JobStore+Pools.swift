import Jobs
import Postgres

extension JobStore {
  /// How many workers a pool should have; nil when nobody ever said.
  public func pool(_ name: String) async throws -> PoolSize? {
    let rows = try await pool.query("SELECT desired FROM pools WHERE name = $1", [.text(name)])
    return try rows.first.map { PoolSize(pool: name, desired: try $0.decode("desired")) }
  }

  /// - Throws: ``JobStoreError/invalid(_:)``.
  @discardableResult
  public func setPool(_ size: PoolSize) async throws -> PoolSize {
    guard Self.isName(size.pool) else {
      throw JobStoreError.invalid(
        "'\(size.pool.prefix(80))' is no name of a pool: write 1 to 63 of a-z, 0-9 and -")
    }
    guard (0...1000).contains(size.desired) else {
      throw JobStoreError.invalid("a pool has 0 to 1000 workers, not \(size.desired)")
    }
    _ = try await pool.query(
      """
      INSERT INTO pools (name, desired) VALUES ($1, $2)
      ON CONFLICT (name) DO UPDATE SET desired = excluded.desired, changed_at = clock_timestamp()
      """, [.text(size.pool), .int(size.desired)])
    announcer.announce([.pool(size.pool)])
    return size
  }
}
