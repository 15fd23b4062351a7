import Artifacts
import Foundation
import Logging
import Postgres

extension JobStore {
  /// Holders of this advisory lock change the schema.
  private static let migrationLock: Int64 = 0x6e6e_6c75_746d

  /// A store on a database whose schema this program can work with.
  /// - Throws: ``JobStoreError/schema(_:)`` that says what to do, or `PostgresError`.
  public static func open(pool: PostgresPool, logger: Logger) async throws -> JobStore {
    let store = JobStore(pool: pool, logger: logger)
    try await store.check()
    return store
  }

  /// Whether the database is there and its schema fits this program.
  /// - Throws: ``JobStoreError/schema(_:)`` that says what to do, or `PostgresError`.
  public func check() async throws {
    try await pool.withConnection { connection in
      try await Self.check(connection, migrations: Migration.all)
    }
  }

  /// Brings the schema up to date: each step in a transaction of its own, one process at a time.
  /// - Returns: Names of the steps that were taken.
  /// - Throws: ``JobStoreError/schema(_:)`` when the schema is newer than this program can live with
  ///   or a step was changed after it was applied; `PostgresError` when a step fails, which then
  ///   leaves nothing behind.
  @discardableResult
  public static func migrate(pool: PostgresPool, logger: Logger) async throws -> [String] {
    try await migrate(pool: pool, migrations: Migration.all, logger: logger)
  }

  static func migrate(pool: PostgresPool, migrations: [Migration], logger: Logger) async throws
    -> [String]
  {
    try await pool.withConnection { connection in
      try await connection.query("SELECT pg_advisory_lock($1)", [.int(migrationLock)])
      let applied: [String]
      do {
        applied = try await migrate(connection, migrations: migrations, logger: logger)
      } catch {
        // A lost connection has given the lock back by itself.
        _ = try? await connection.query("SELECT pg_advisory_unlock($1)", [.int(migrationLock)])
        throw error
      }
      try await connection.query("SELECT pg_advisory_unlock($1)", [.int(migrationLock)])
      return applied
    }
  }

  private static func migrate(
    _ connection: PostgresConnection, migrations: [Migration], logger: Logger
  ) async throws -> [String] {
    try await connection.execute(
      """
      CREATE TABLE IF NOT EXISTS schema_migrations (
        number integer PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        -- Programs that know at least this number can live with the schema.
        compatible_with integer NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )
      """)
    let found = try await applied(connection)
    try compare(found, with: migrations)
    var names: [String] = []
    for (index, migration) in migrations.enumerated() where index >= found.count {
      let compatible = try migration.compatibleWith()
      try await connection.transaction { connection in
        try await connection.execute(migration.sql)
        try await connection.query(
          """
          INSERT INTO schema_migrations (number, name, checksum, compatible_with)
          VALUES ($1, $2, $3, $4)
          """,
          [
            .int(index + 1), .text(migration.name), .text(migration.checksum), .int(compatible),
          ])
      }
      logger.info("migration applied", metadata: ["migration": "\(migration.name)"])
      names.append(migration.name)
    }
    return names
  }

  static func check(_ connection: PostgresConnection, migrations: [Migration]) async throws {
    let exists = try await connection.query(
      "SELECT to_regclass('schema_migrations') IS NOT NULL AS found")
    guard try exists.first?.decode("found", as: Bool.self) == true else {
      throw JobStoreError.schema("the database has no nnlut schema: run `nnlut migrate`")
    }
    let found = try await applied(connection)
    try compare(found, with: migrations)
    guard found.count >= migrations.count else {
      throw JobStoreError.schema(
        "the database's schema is older than this program "
          + "(\(found.count) of \(migrations.count) migrations): run `nnlut migrate`")
    }
  }

  private struct AppliedMigration {
    var name: String
    var checksum: String
    var compatibleWith: Int
  }

  private static func applied(_ connection: PostgresConnection) async throws
    -> [AppliedMigration]
  {
    try await connection.query(
      "SELECT name, checksum, compatible_with FROM schema_migrations ORDER BY number"
    ).map {
      AppliedMigration(
        name: try $0.decode("name"), checksum: try $0.decode("checksum"),
        compatibleWith: try $0.decode("compatible_with"))
    }
  }

  private static func compare(_ found: [AppliedMigration], with known: [Migration]) throws {
    for (applied, migration) in zip(found, known)
    where applied.name != migration.name || applied.checksum != migration.checksum {
      throw JobStoreError.schema(
        "migration \(applied.name) of the database is not the \(migration.name) of this program: "
          + "it was changed after its release; use the program that made the schema")
    }
    let newer = found.dropFirst(known.count)
    if let tooNew = newer.first(where: { $0.compatibleWith > known.count }) {
      throw JobStoreError.schema(
        "the database's schema has \(tooNew.name), with which this program cannot work: use a newer "
          + "nnlut")
    }
  }
}
