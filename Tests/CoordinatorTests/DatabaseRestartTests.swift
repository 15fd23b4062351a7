import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Postgres
import TestSupport
import Testing

@testable import Coordinator

/// Connections to the database break under a coordinator at work; nobody outside notices.
@Suite struct DatabaseRestartTests {
  /// Ends every other connection to the database, as a restart of the server does.
  private func breakConnections(_ connectionString: String) async throws {
    let pool = PostgresPool(
      configuration: try PostgresConfiguration(connectionString: connectionString),
      maximumConnections: 1, logger: TestCluster.logger)
    _ = try await pool.query(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
      """)
    await pool.shutdown()
  }

  @Test(.timeLimit(.minutes(2))) func aWaitingClaimGetsWorkAfterwards() async throws {
    try await withStoreAndDatabase { store, connectionString in
      try await withCoordinator(over: store) { coordinator in
        // A commit whose reply was lost is a 503, which clients answer by asking again.
        let submitter = try coordinator.client(
          try await coordinator.token(.submit), retries: .brief)
        let worker = try await TinyWorker.begin(
          try coordinator.client(try await coordinator.token(.work), retries: .brief),
          salt: "restart")
        async let claimed = worker.claim(waitSeconds: 30)
        try await breakConnections(connectionString)
        let job = try await submitter.submit(jobFile: TinyJob.file(), idempotencyKey: "restart")
          .status.id
        let tasks = try await claimed
        #expect(tasks.map(\.name) == ["resolve"])
        try await breakConnections(connectionString)
        #expect(try await worker.complete(tasks).isEmpty)
        #expect(try await worker.work(on: job, watcher: submitter).state == .succeeded)
      }
    }
  }
}
