import Foundation
import JobStore
import Jobs
import Postgres
import Testing

@testable import Coordinator

@Suite struct HousekeepingTests {
  /// A session that falls silent loses its work to another, which waits for it in one long poll.
  @Test(.timeLimit(.minutes(2))) func aSilentSessionsWorkIsTakenOver() async throws {
    var timing = CoordinatorTiming()
    timing.lease = .seconds(1)
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

  /// After the coordinator (or its database) was away for longer than a lease, the sessions that
  /// could not be heard keep their work.
  @Test(.timeLimit(.minutes(2))) func anOutageTakesNobodysWork() async throws {
    try await withStoreAndDatabase { store, connectionString in
      let (patient, task) = try await withCoordinator(over: store) { coordinator in
        let submitter = try coordinator.client(try await coordinator.token(.submit))
        let client = try coordinator.client(try await coordinator.token(.work))
        let gone = try await TinyWorker.begin(client, salt: "outage")
        _ = try await submitter.submitTinyJob()
        _ = try #require(try await gone.claim().first)
        let patient = try await TinyWorker.begin(client, salt: "outage")
        _ = try await submitter.submitTinyJob()
        return (patient.session, try #require(try await patient.claim().first))
      }
      // An hour later; one of the two has ended meanwhile, which shows when housekeeping ran.
      let connection = try await PostgresConnection.connect(
        PostgresConfiguration(connectionString: connectionString))
      defer { connection.close() }
      try await connection.query(
        "UPDATE sessions SET seen_at = seen_at - interval '1 hour'")
      try await connection.query(
        "UPDATE sessions SET ended_at = now() WHERE id <> $1", [.uuid(patient)])
      var timing = CoordinatorTiming()
      timing.housekeeping = .milliseconds(10)...(.milliseconds(20))
      try await withCoordinator(over: store, timing: timing) { coordinator in
        var metrics = ""
        repeat {
          metrics = try await coordinator.exchange("GET", "/metrics").text
        } while metrics.contains("nnlut_lease_takeovers_total 0\n")
        let client = try coordinator.client(try await coordinator.token(.work))
        let reply = try await client.heartbeat(
          patient,
          HeartbeatRequest(running: [.init(id: task.id, progress: 0.5)], waitSeconds: 0))
        #expect(!reply.expired)
        #expect(reply.lost.isEmpty)
      }
    }
  }

  @Test func aBreakInHearingBeginsAnew() {
    let start = ContinuousClock.now
    var hearing = Hearing(since: start)
    for second in 1...20 { hearing.heard(at: start + .seconds(second), longestGap: .seconds(15)) }
    #expect(hearing.duration == .seconds(20))
    hearing.heard(at: start + .seconds(36), longestGap: .seconds(15))
    #expect(hearing.duration == .zero)
    hearing.heard(at: start + .seconds(40), longestGap: .seconds(15))
    #expect(hearing.duration == .seconds(4))
  }
}
