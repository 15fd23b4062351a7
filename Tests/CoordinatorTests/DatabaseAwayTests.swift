import Foundation
import JobStore
import Jobs
import Logging
import Postgres
import Testing

@testable import Coordinator

/// A coordinator without its database says so, and goes on.
@Suite struct DatabaseAwayTests {
  private func store() throws -> JobStore {
    var logger = Logger(label: "coordinator tests")
    logger.logLevel = .critical
    let configuration = try PostgresConfiguration(
      connectionString: "host=/nonexistent/nnlut dbname=none user=none")
    return JobStore(
      pool: PostgresPool(
        configuration: configuration, maximumConnections: 2, patience: .milliseconds(50),
        logger: logger), logger: logger)
  }

  @Test(.timeLimit(.minutes(2))) func saysUnavailableAndLeaksNothing() async throws {
    try await withCoordinator(over: try store()) { coordinator in
      let live = try await coordinator.exchange("GET", "/healthz")
      #expect(live.status == 200)
      for (path, token) in [("/v1/jobs", "some-token"), ("/readyz", nil), ("/metrics", nil)] {
        let response = try await coordinator.exchange("GET", path, token: token)
        #expect(try problem(response, 503).type == "unavailable")
        #expect(response.headers["retry-after"] == "1")
        #expect(!response.text.contains("nonexistent"))
        #expect(!response.text.contains("some-token"))
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func whatNeedsNoDatabaseIsAnsweredWithoutIt() async throws {
    try await withCoordinator(over: try store()) { coordinator in
      #expect(
        try problem(try await coordinator.exchange("GET", "/v1/nothing"), 404).type
          == "unknown-route")
      let wrongMethod = try await coordinator.exchange("DELETE", "/v1/jobs")
      #expect(try problem(wrongMethod, 405).type == "method-not-allowed")
      #expect(wrongMethod.headers["allow"] == "GET, HEAD, POST")
      for authorization in [nil, "Basic abc", "Bearer", "Bearer a b"] {
        let response = try await coordinator.exchange(
          "GET", "/v1/jobs", headers: authorization.map { ["Authorization": $0] } ?? [:])
        #expect(try problem(response, 401).type == "unauthorized")
        #expect(response.headers["www-authenticate"] == "Bearer realm=\"nnlut\"")
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func requestsOnOneConnectionHaveDifferentIDs() async throws {
    try await withCoordinator(over: try store()) { coordinator in
      let connection = try RawConnection(port: coordinator.port)
      var ids: Set<String> = []
      for _ in 0..<3 {
        try await connection.send("GET", "/healthz")
        ids.insert(try await connection.receive().headers["x-request-id"] ?? "")
      }
      #expect(ids.count == 3)
    }
  }

  @Test(.timeLimit(.minutes(2))) func oversizedHeadersAreCut() async throws {
    try await withCoordinator(over: try store()) { coordinator in
      let connection = try RawConnection(port: coordinator.port)
      try await connection.send(
        "GET", "/healthz", headers: ["X-Large": String(repeating: "x", count: 100_000)])
      let response = try? await connection.receive()
      #expect(response == nil || response?.status == 400 || response?.status == 431)
      #expect(try await coordinator.exchange("GET", "/healthz").status == 200)
    }
  }
}
