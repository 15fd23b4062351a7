import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Postgres
import TestSupport
import Testing

@testable import Coordinator

/// The database's server dies in the middle of a job and its synchronous standby takes over: the
/// same coordinator carries on with it, and nothing that a worker was told is stored is lost.
@Suite struct FailoverTests {
  @Test(.timeLimit(.minutes(3))) func aStandbyTakesOverInMidJob() async throws {
    try await ReplicatedCluster.with { cluster in
      let logger = TestCluster.logger
      let pool = PostgresPool(
        configuration: try PostgresConfiguration(connectionString: cluster.connectionString),
        maximumConnections: 8, logger: logger)
      try await JobStore.migrate(pool: pool, logger: logger)
      let store = try await JobStore.open(pool: pool, logger: logger)
      try await withCoordinator(over: store) { coordinator in
        let watcher = try coordinator.client(
          try await coordinator.token(.admin), retries: RetryPolicy(maximumTries: 20))
        let token = try await coordinator.token(.work)
        let job = try await watcher.submitTinyJob()
        let worker = try await TinyWorker.begin(
          try coordinator.client(token, retries: .brief), salt: "failover")
        var acknowledged: [AttemptID] = []
        for _ in 0..<4 {
          for task in try await worker.claim(limit: 1) {
            #expect(try await worker.complete([task]).isEmpty)
            acknowledged.append(task.id)
          }
        }
        #expect(acknowledged.count == 4)
        let held = try await worker.claim(limit: 1)

        try await cluster.failOver()

        // The session and what it holds have survived.
        #expect(try await worker.complete(held).isEmpty)
        #expect(try await worker.work(on: job, watcher: watcher).state == .succeeded)

        let rows = try await pool.query(
          """
          SELECT id, attempt FROM computations WHERE state = 'succeeded' AND session = $1
          """, [.uuid(worker.session)])
        let stored = try rows.map {
          AttemptID(computation: try $0.decode("id"), attempt: try $0.decode("attempt"))
        }
        // None of them was done again.
        #expect(Set(stored).isSuperset(of: acknowledged + held.map(\.id)))
        #expect(try await watcher.tasks(job.uuidString).allSatisfy { $0.state == .succeeded })
        #expect(try await watcher.attempts(job.uuidString).isEmpty)
      }
      await pool.shutdown()
    }
  }
}
