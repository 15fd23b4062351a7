import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

@Suite struct HealthTests {
  @Test(.timeLimit(.minutes(1))) func isReadyAndCounts() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        #expect(try await coordinator.exchange("GET", "/healthz").status == 200)
        #expect(try await coordinator.exchange("GET", "/readyz").status == 200)
        let submitter = try coordinator.client(try await coordinator.token(.submit))
        _ = try await submitter.submitTinyJob()
        let metrics = try await coordinator.exchange("GET", "/metrics")
        #expect(metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        for line in [
          "nnlut_http_requests_total{method=\"POST\",route=\"/v1/jobs\",status=\"201\"} 1",
          "nnlut_http_requests_total{method=\"GET\",route=\"/readyz\",status=\"200\"} 1",
          "nnlut_ready_computations{kind=\"resolve\"} 1", "nnlut_lease_takeovers_total 0",
        ] {
          #expect(metrics.text.contains(line + "\n"), "\(metrics.text)")
        }
      }
    }
  }
}
