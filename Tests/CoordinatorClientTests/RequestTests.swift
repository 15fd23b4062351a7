import Artifacts
import Foundation
import Jobs
import Testing

@testable import CoordinatorClient

struct RequestTests {
  static let status =
    #"{"id":"6F9619FF-8B86-D011-B42D-00C04FC964FF","name":"wordnet","state":"queued","#
    + #""createdAt":"2026-01-02T03:04:05.678Z","kinds":[],"slots":2}"#

  @Test func aSubmissionSaysWhetherItIsNew() async throws {
    let server = try ScriptedServer([
      "POST /v1/jobs": [
        ["status": 201, "body": Self.status], ["status": 200, "body": Self.status],
      ]
    ])
    let client = server.client()
    let first = try await client.submit(jobFile: Data("kind: x".utf8), idempotencyKey: "k1")
    let second = try await client.submit(jobFile: Data("kind: x".utf8), idempotencyKey: "k1")
    #expect(first.isNew && !second.isNew)
    #expect(first.status == second.status)
    #expect(first.status.createdAt.timeIntervalSince1970 == 1_767_323_045.678)
    let log = try await server.log()
    #expect(log.map(\.body) == [Data("kind: x".utf8), Data("kind: x".utf8)])
    #expect(log[0].headers["authorization"] == "Bearer nnlut_secret")
    #expect(log[0].headers["idempotency-key"] == "k1")
    #expect(Set(log.map(\.connection)).count == 1, "one connection for both")
  }

  /// Also what must not be repeated: nothing was done.
  @Test func tooManyRequestsAreTriedAgainWhenTheCoordinatorSays() async throws {
    let problem = #"{"type":"too-many-requests","title":"x","status":429,"detail":"x"}"#
    let server = try ScriptedServer([
      "POST /v1/jobs/x/retry": [
        ["status": 429, "body": problem, "headers": ["Retry-After": "1"]],
        ["status": 200, "body": Self.status],
      ]
    ])
    let start = ContinuousClock.now
    _ = try await server.client().retry("x")
    #expect(ContinuousClock.now - start >= .seconds(1))
    #expect(try await server.log().count == 2)
  }

  @Test func anErrorReplyIsAProblem() async throws {
    let problem = #"{"type":"unknown-job","title":"Not Found","status":404,"detail":"no job x"}"#
    let server = try ScriptedServer(["GET /v1/jobs/x": [["status": 404, "body": problem]]])
    let error = await #expect(throws: CoordinatorClientError.self) {
      try await server.client().job("x")
    }
    guard case .problem(let found) = error else {
      Issue.record("\(String(describing: error)) is no problem")
      return
    }
    #expect(found.type == "unknown-job" && found.status == 404)
    #expect("\(found.detail)" == "no job x")
  }

  @Test func nobodyThereIsUnreachableAndHidesTheToken() async throws {
    var server: ScriptedServer? = try ScriptedServer([:])
    let client = try #require(server?.client())
    server = nil
    let error = await #expect(throws: CoordinatorClientError.self) { try await client.jobs() }
    guard case .unreachable(let endpoint, let reason) = error else {
      Issue.record("\(String(describing: error)) is not unreachable")
      return
    }
    #expect(endpoint.hasPrefix("http://127.0.0.1:"))
    #expect(!reason.isEmpty && !"\(String(describing: error))".contains("nnlut_secret"))
  }

  @Test(
    arguments: [
      ["status": 200, "body": "<html>hello</html>"], ["status": 404, "body": "nothing"],
      ["status": 302, "headers": ["Location": "http://127.0.0.1:1/elsewhere"]],
    ] as [[String: any Sendable]])
  func whatIsNoCoordinatorSaysSo(answer: [String: any Sendable]) async throws {
    let server = try ScriptedServer(["GET /v1/workers": [answer]])
    let error = await #expect(throws: CoordinatorClientError.self) {
      try await server.client().workers()
    }
    guard case .invalidReply = error else {
      Issue.record("\(String(describing: error)) is no invalid reply")
      return
    }
    #expect(try await server.log().count == 1)
  }

  @Test func onlyWhatMayBeRepeatedIsTriedAgain() async throws {
    let server = try ScriptedServer([
      "GET /v1/jobs/j": [["status": 503], ["drop": true], ["status": 200, "body": Self.status]],
      "POST /v1/jobs": [["status": 503]],
    ])
    #expect(try await server.client().job("j").name == "wordnet")
    await #expect(throws: CoordinatorClientError.self) {
      try await server.client().submit(jobFile: Data(), idempotencyKey: nil)
    }
    let posts = try await server.log().filter { $0.method == "POST" }
    #expect(posts.count == 1)
  }

  @Test func listingsFollowTheirPages() async throws {
    let page = { (next: String) in #"{"items":[\#(Self.status)]\#(next)}"# }
    let server = try ScriptedServer([
      "GET /v1/jobs?limit=5": [["status": 200, "body": page(#","next":"a b""#)]],
      "GET /v1/jobs?after=a%20b&limit=4": [["status": 200, "body": page("")]],
    ])
    #expect(try await server.client().jobs(limit: 5).count == 2)
  }

  @Test func namesCannotReachOtherRoutes() async throws {
    let server = try ScriptedServer([:])
    for name in ["../../metrics", "a?x=1", "..", "é#"] {
      _ = try? await server.client().job(name)
    }
    #expect(
      try await server.log().map(\.path) == [
        "/v1/jobs/..%2F..%2Fmetrics", "/v1/jobs/a%3Fx%3D1", "/v1/jobs/%2E%2E",
        "/v1/jobs/%C3%A9%23",
      ])
  }

  @Test func cancellingEndsALongPoll() async throws {
    let session = UUID()
    let path = "POST /v1/sessions/\(session.uuidString.lowercased())/claim"
    let server = try ScriptedServer([path: [["hang": true]]])
    let client = server.client()
    let poll = Task {
      try await client.claim(session, ClaimRequest(limit: 1, waitSeconds: 30))
    }
    // The request has arrived when the log has it.
    while try await server.log().isEmpty { await Task.yield() }
    let began = ContinuousClock.now
    poll.cancel()
    await #expect(throws: CancellationError.self) { try await poll.value }
    #expect(ContinuousClock.now - began < .seconds(5))
  }

  @Test func manyRequestsGoAtTheSameTime() async throws {
    let server = try ScriptedServer(["GET /v1/jobs/j": [["status": 200, "body": Self.status]]])
    let client = server.client()
    let names = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<100 { group.addTask { try await client.job("j").name } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(names == Array(repeating: "wordnet", count: 100))
  }
}
