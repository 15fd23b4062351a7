import JobStore
import Postgres
import Testing

@testable import Coordinator

@Suite struct LeadershipTests {
  private func timing() -> CoordinatorTiming {
    var timing = CoordinatorTiming()
    timing.housekeeping = .milliseconds(10)...(.milliseconds(20))
    return timing
  }

  private func waitForLead(_ coordinator: RunningCoordinator) async throws {
    var metrics = ""
    repeat {
      metrics = try await coordinator.exchange("GET", "/metrics").text
    } while !metrics.contains("nnlut_housekeeping_leader 1\n")
  }

  @Test(.timeLimit(.minutes(1))) func theLeadPassesOnWhenACoordinatorEnds() async throws {
    let timing = timing()
    try await withStore { store in
      try await withCoordinator(over: store, timing: timing) { second in
        try await waitForLead(second)
        try await withCoordinator(over: store, timing: timing) { first in
          let metrics = try await first.exchange("GET", "/metrics").text
          #expect(metrics.contains("nnlut_housekeeping_leader 0\n"))
          for name in [
            "expired_sessions_total", "frozen_attempts_total", "schema_migration",
            "database_connections{state=\"in-use\"}", "database_connection_waiters",
          ] { #expect(metrics.contains("nnlut_\(name)"), "\(name)") }
          second.service.beginShutdown()
          try await waitForLead(first)
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aSchemaThatMovedOnEndsTheService() async throws {
    let timing = timing()
    try await withStoreAndDatabase { store, connectionString in
      try await withCoordinator(over: store, timing: timing) { coordinator in
        let token = try await coordinator.token(.admin)
        #expect(try await coordinator.exchange("GET", "/v1/jobs", token: token).status == 200)
        let connection = try await PostgresConnection.connect(
          PostgresConfiguration(connectionString: connectionString))
        defer { connection.close() }
        let later = """
          INSERT INTO schema_migrations (number, name, checksum, compatible_with)
          VALUES (99, 'M0099_later', 'x', 99)
          """
        try await connection.query(later)
        var response = try await coordinator.exchange("GET", "/v1/jobs", token: token)
        while response.status == 200 {
          response = try await coordinator.exchange("GET", "/v1/jobs", token: token)
        }
        #expect(try problem(response, 503).detail.contains("M0099_later"))
        #expect(try await coordinator.exchange("GET", "/readyz").status == 503)
        #expect(try await coordinator.exchange("GET", "/healthz").status == 200)
        try await connection.query("DELETE FROM schema_migrations WHERE number = 99")
        while response.status != 200 {
          response = try await coordinator.exchange("GET", "/v1/jobs", token: token)
        }
      }
    }
  }
}
