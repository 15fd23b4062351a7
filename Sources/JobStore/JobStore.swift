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
  let announcer: Announcer
  let claimMarks = ClaimMarks()

  /// Looks at nothing; ``open(pool:logger:)`` checks the schema.
  public init(pool: PostgresPool, logger: Logger) {
    self.pool = pool
    self.logger = logger
    announcer = Announcer(pool: pool, logger: logger)
  }

  /// What happens in the store, in this process or another, as long as the stream is read.
  public func notifications() -> AsyncStream<StoreNotification> { announcer.stream() }

  /// Runs a change in a transaction and, once it is committed, announces it.
  func write<Result>(_ body: (inout JobWriter) async throws -> Result) async throws -> Result {
    let (result, news, firstReady) = try await pool.transaction { connection in
      var writer = JobWriter(connection: connection)
      let result = try await body(&writer)
      try await writer.storeEvents()
      return (result, writer.news, writer.firstReady)
    }
    if let firstReady { claimMarks.becameReady(at: firstReady) }
    announcer.announce(news)
    return result
  }
}
