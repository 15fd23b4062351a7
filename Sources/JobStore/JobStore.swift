import Artifacts
import Foundation
import Jobs
import Logging
import Postgres

/// All that is known about jobs, workers and artifacts, in PostgreSQL; every SQL statement of the
/// system is in this module. Any number of processes may use one database at a time; all times are
/// the database's.
public final class JobStore: Sendable {
  let pool: PostgresPool
  let logger: Logger

  /// Looks at nothing; ``open(pool:logger:)`` checks the schema.
  public init(pool: PostgresPool, logger: Logger) {
    self.pool = pool
    self.logger = logger
  }
}
