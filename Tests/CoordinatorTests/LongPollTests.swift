import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

/// Long polls are woken, not timed out: each test would take as long as its wait otherwise.
@Suite struct LongPollTests {
  private static let longest = 30.0
  /// Well under the longest wait, well over what a busy machine needs.
  private static let promptly = Duration.seconds(10)

  private func promptly<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result
  {
    let start = ContinuousClock.now
    let result = try await body()
    #expect(ContinuousClock.now - start < Self.promptly)
    return result
  }

  @Test(.timeLimit(.minutes(2))) func aWaitingClaimGetsNewWork() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let submitter = try coordinator.client(try await coordinator.token(.submit))
        let worker = try await TinyWorker.begin(
          try coordinator.client(try await coordinator.token(.work)), salt: "claim")
        try await promptly {
          async let claimed = worker.claim(waitSeconds: Self.longest)
          _ = try await submitter.submitTinyJob()
          let tasks = try await claimed
          #expect(tasks.map(\.name) == ["resolve"])
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func cancelWakesTheHeartbeat() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let submitter = try coordinator.client(try await coordinator.token(.submit))
        let client = try coordinator.client(try await coordinator.token(.work))
        let worker = try await TinyWorker.begin(client, salt: "cancel")
        let job = try await submitter.submitTinyJob()
        let task = try #require(try await worker.claim().first)
        try await promptly {
          async let beat = client.heartbeat(
            worker.session,
            HeartbeatRequest(
              running: [.init(id: task.id, progress: 0.5)], waitSeconds: Self.longest))
          let cancelled = try await submitter.cancel(job.uuidString)
          let reply = try await beat
          #expect(cancelled.state == .cancelled)
          #expect(reply.lost == [task.id])
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func drainWakesTheHeartbeat() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let admin = try coordinator.client(try await coordinator.token(.admin))
        let client = try coordinator.client(try await coordinator.token(.work))
        let worker = try await TinyWorker.begin(client, salt: "drain")
        try await promptly {
          async let beat = client.heartbeat(
            worker.session, HeartbeatRequest(running: [], waitSeconds: Self.longest))
          try await admin.drain(worker.session.uuidString.lowercased())
          let reply = try await beat
          #expect(reply.drain)
        }
        #expect(try await admin.workers().map(\.isDraining) == [true])
        try await client.endSession(worker.session)
        #expect(try await admin.workers().isEmpty)
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func aNewPoolSizeWakesTheSupervisor() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let admin = try coordinator.client(try await coordinator.token(.admin))
        #expect(try await admin.setPool("local", desired: 2).desired == 2)
        try await promptly {
          async let size = admin.waitForPool("local", current: 2, waitSeconds: 20)
          _ = try await admin.setPool("local", desired: 3)
          let changed = try await size
          #expect(changed.desired == 3)
        }
        for (pool, desired) in [("local", 1001), ("local", -1), ("other", 1)] {
          let response = try await coordinator.exchange(
            "PUT", "/v1/pools/local", token: try await coordinator.token(.admin),
            json: PoolSize(pool: pool, desired: desired))
          _ = try problem(response, 400)
        }
        #expect(try await admin.pool("local").desired == 3)
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func shutdownAnswersWhoWaits() async throws {
    try await withStore { store in
      let token = try await store.createToken(name: "worker", role: .work)
      try await promptly {
        try await withCoordinator(over: store) { coordinator in
          let client = try coordinator.client(token)
          let worker = try await TinyWorker.begin(client, salt: "shutdown")
          async let claimed = worker.claim(waitSeconds: Self.longest)
          async let beat = client.heartbeat(
            worker.session, HeartbeatRequest(running: [], waitSeconds: Self.longest))
          coordinator.service.beginShutdown()
          // A request that came too late is refused at the door; one that waits is answered.
          let tasks = try? await claimed
          #expect(tasks == nil || tasks?.isEmpty == true)
          let reply = try? await beat
          #expect(reply == nil || reply?.lost.isEmpty == true)
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func aClientThatWentAwayLeasesNothing() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let submitter = try coordinator.client(try await coordinator.token(.submit))
        let token = try await coordinator.token(.work)
        let worker = try await TinyWorker.begin(try coordinator.client(token), salt: "gone")
        let other = try await TinyWorker.begin(try coordinator.client(token), salt: "gone")
        let connection = try RawConnection(port: coordinator.port)
        try await connection.send(
          "POST", "/v1/sessions/\(worker.session)/claim", token: token,
          body: try WireFormat.encoder().encode(ClaimRequest(limit: 1, waitSeconds: 30)))
        connection.disconnect()
        let job = try await submitter.submitTinyJob()
        try await promptly {
          let tasks = try await other.claim(waitSeconds: Self.longest)
          #expect(tasks.map(\.name) == ["resolve"])
        }
        #expect(try await submitter.job(job.uuidString).kinds.map(\.running) == [1])
      }
    }
  }
}
