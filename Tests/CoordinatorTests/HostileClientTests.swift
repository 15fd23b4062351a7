import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

/// What no honest client does is told and cut; others go on meanwhile.
@Suite struct HostileClientTests {
  private static let hasty: CoordinatorTiming = {
    var timing = CoordinatorTiming()
    timing.head = .milliseconds(200)
    timing.bodyGrace = .milliseconds(200)
    timing.bodyBytesPerSecond = 1 << 20
    return timing
  }()

  /// Sends `bytes`, expects a problem of `status` and then the end of the connection.
  private func refusal(
    of bytes: String, by coordinator: RunningCoordinator, _ status: Int, _ type: String
  ) async throws {
    let connection = try RawConnection(port: coordinator.port, timeoutSeconds: 10)
    try await connection.send(Data(bytes.utf8))
    let problem = try problem(try await connection.receive(), status)
    #expect(problem.type == type)
    #expect(problem.requestId?.isEmpty == false)
    await #expect(throws: RawError.self) { try await connection.receive() }
  }

  @Test(.timeLimit(.minutes(1))) func slowHeadsAndBodiesAreCut() async throws {
    try await withStore { store in
      try await withCoordinator(over: store, timing: Self.hasty) { coordinator in
        let token = try await coordinator.token(.submit)
        try await refusal(
          of: "GET /v1/jobs HTTP/1.1\r\nHost: x\r\n", by: coordinator, 408, "too-slow")
        try await refusal(of: "", by: coordinator, 408, "too-slow")
        try await refusal(
          of: "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
            + "Content-Length: 100\r\n\r\nkind: ", by: coordinator, 408, "too-slow")
        try await refusal(
          of: "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n5\r\nkind:", by: coordinator, 408, "too-slow")
        let jobs = try await coordinator.exchange("GET", "/v1/jobs", token: token)
        #expect(try jobs.decode(Page<JobStatus>.self).items.isEmpty)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aConnectionAtRestIsNotHurried() async throws {
    try await withStore { store in
      try await withCoordinator(over: store, timing: Self.hasty) { coordinator in
        let token = try await coordinator.token(.read)
        let resting = try RawConnection(port: coordinator.port)
        try await resting.send("GET", "/v1/jobs", token: token)
        #expect(try await resting.receive().status == 200)
        // A slow one is cut in the meantime, so that much more than a head's time has passed.
        try await refusal(of: "GET /v1", by: coordinator, 408, "too-slow")
        try await refusal(of: "GET /v1", by: coordinator, 408, "too-slow")
        try await resting.send("GET", "/v1/jobs", token: token)
        #expect(try await resting.receive().status == 200)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func whatIsTooLargeOrNoHTTPIsCut() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        try await refusal(
          of: "GET /v1/jobs HTTP/1.1\r\nHost: x\r\nX-A: \(String(repeating: "a", count: 40_000))",
          by: coordinator, 431, "headers-too-large")
        try await refusal(
          of: "GET /v1/jobs HTTP/1.1\r\nHost: x\r\n"
            + (0..<200).map { "X-\($0): a\r\n" }.joined() + "\r\n",
          by: coordinator, 431, "headers-too-large")
        try await refusal(of: "nonsense\r\n\r\n", by: coordinator, 400, "bad-request")
        try await refusal(
          of: "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
          by: coordinator, 400, "bad-request")
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aBodyThatNobodyReadsIsNotTakenIn() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.submit)
        let connection = try RawConnection(port: coordinator.port)
        try await connection.send(
          "POST", "/v1/jobs", token: token, headers: ["Content-Length": "1000000000"])
        let reply = try await connection.receive()
        #expect(try problem(reply, 413).type == "too-large")
        #expect(reply.headers["connection"] == "close")
        await #expect(throws: RawError.self) { try await connection.receive() }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aTruncatedBodyIsNoJob() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.submit)
        let file = TinyJob.file()
        let connection = try RawConnection(port: coordinator.port)
        try await connection.send(
          "POST", "/v1/jobs", token: token, headers: ["Content-Length": "\(file.count + 20)"],
          body: file)
        connection.disconnect()
        // Chunks whose end is missing have no length to be held against.
        let chunked = try RawConnection(port: coordinator.port)
        try await chunked.send(
          Data(
            "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nTransfer-Encoding: chunked\r\n\r\n\(String(file.count, radix: 16))\r\n"
              .utf8) + file + Data("\r\n".utf8))
        chunked.disconnect()
        for _ in 0..<20 {
          let jobs = try await coordinator.exchange("GET", "/v1/jobs", token: token)
          #expect(try jobs.decode(Page<JobStatus>.self).items.isEmpty)
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func oneConnectionTooManyIsTold() async throws {
    var limits = CoordinatorLimits()
    limits.connections = 3
    let fixed = limits
    try await withStore { store in
      try await withCoordinator(over: store, limits: fixed) { coordinator in
        let held = try (0..<3).map { _ in try RawConnection(port: coordinator.port) }
        for connection in held {
          try await connection.send("GET", "/healthz")
          #expect(try await connection.receive().status == 200)
        }
        let reply = try await coordinator.exchange("GET", "/healthz")
        #expect(try problem(reply, 503).type == "too-many-connections")
        #expect(reply.headers["retry-after"] == "5")
        for connection in held {
          try await connection.send("GET", "/healthz")
          #expect(try await connection.receive().status == 200)
        }
      }
    }
  }
}
