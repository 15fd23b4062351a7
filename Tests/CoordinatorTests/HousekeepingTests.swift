import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

@Suite struct HousekeepingTests {
  /// A session that falls silent loses its work to another, which waits for it in one long poll.
  @Test(.timeLimit(.minutes(2))) func aSilentSessionsWorkIsTakenOver() async throws {
    var timing = CoordinatorTiming()
    timing.lease = .milliseconds(200)
    timing.housekeeping = .milliseconds(50)...(.milliseconds(100))
    let fixed = timing
    try await withStore { store in
      try await withCoordinator(over: store, timing: fixed) { coordinator in
        let submitter = try coordinator.client(try await coordinator.token(.submit))
        let client = try coordinator.client(try await coordinator.token(.work))
        let silent = try await TinyWorker.begin(client, salt: "silent")
        _ = try await submitter.submitTinyJob()
        let task = try #require(try await silent.claim().first)
        var taken: [ClaimedTask] = []
        while taken.isEmpty {
          // Its own session may expire too, at so short a lease: then it begins again.
          let other = try await TinyWorker.begin(client, salt: "silent")
          taken = (try? await other.claim(waitSeconds: 5)) ?? []
        }
        #expect(taken.first?.id.computation == task.id.computation)
        #expect((taken.first?.id.attempt ?? 0) > task.id.attempt)
        #expect(try await silent.complete([task]) == [task.id])
        // Counted after the rescue's transaction, so it may come a moment later.
        var metrics = ""
        repeat {
          metrics = try await coordinator.exchange("GET", "/metrics").text
        } while metrics.contains("nnlut_lease_takeovers_total 0\n")
        #expect(metrics.contains("nnlut_lease_takeovers_total "))
      }
    }
  }
}
