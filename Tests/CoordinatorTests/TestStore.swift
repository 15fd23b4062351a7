import JobStore
import Postgres
import TestSupport

/// Runs `body` with a store in a new database of the test run's private cluster.
func withStore<Result>(_ body: (JobStore) async throws -> Result) async throws -> Result {
  try await withStoreAndDatabase { store, _ in try await body(store) }
}

/// The same, with the connection string for those who disturb the database.
func withStoreAndDatabase<Result>(
  _ body: (JobStore, _ connectionString: String) async throws -> Result
)
  async throws -> Result
{
  let logger = TestCluster.logger
  let connectionString = try await TestCluster.shared.database(template: "coordinator") { text in
    let pool = PostgresPool(
      configuration: try PostgresConfiguration(connectionString: text), maximumConnections: 1,
      logger: logger)
    do {
      try await JobStore.migrate(pool: pool, logger: logger)
      await pool.shutdown()
    } catch {
      await pool.shutdown()
      throw error
    }
  }
  let pool = PostgresPool(
    configuration: try PostgresConfiguration(connectionString: connectionString),
    maximumConnections: 8, logger: logger)
  do {
    let result = try await body(
      try await JobStore.open(pool: pool, logger: logger), connectionString)
    await pool.shutdown()
    return result
  } catch {
    await pool.shutdown()
    throw error
  }
}
