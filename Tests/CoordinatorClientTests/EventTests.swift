import Foundation
import Jobs
import Testing

@testable import CoordinatorClient

struct EventTests {
  private func text(_ ids: ClosedRange<Int>) throws -> String {
    try ids.map { id in
      let event = JobEvent(
        id: Int64(id), at: Date(timeIntervalSince1970: 0), event: "started", task: nil, message: "")
      let data = String(decoding: try WireFormat.encoder().encode(event), as: UTF8.self)
      return ": comment\nid: \(id)\nevent: started\ndata: \(data)\n\n"
    }.joined()
  }

  @Test func aBrokenStreamIsTakenUpAfterTheLastEvent() async throws {
    let first = try text(1...3)
    let final =
      #"{"id":"6F9619FF-8B86-D011-B42D-00C04FC964FF","name":"n","state":"succeeded","#
      + #""createdAt":"2026-01-02T03:04:05.678Z","kinds":[],"slots":2}"#
    let server = try ScriptedServer([
      "GET /v1/jobs/j/events": [
        ["status": 200, "body": first, "cut": first.utf8.count - 10], ["status": 503],
        ["status": 200, "body": try text(3...4)],
      ],
      // The stream ended because the coordinator stopped, then because the job was final.
      "GET /v1/jobs/j": [["status": 200, "body": final]],
      "GET /v1/jobs/j/events?follow=false": [["status": 200, "body": try text(5...5)]],
    ])
    var ids: [Int64] = []
    for try await event in server.client().events("j") { ids.append(event.id) }
    #expect(ids == [1, 2, 3, 4, 5])
    let last = try await server.log().filter { $0.path.contains("events") }
      .map { $0.headers["last-event-id"] }
    #expect(last == [nil, "2", "2", "4"])
  }

  @Test func anUnknownJobEndsTheStreamWithItsProblem() async throws {
    let problem = #"{"type":"unknown-job","title":"Not Found","status":404,"detail":"no job x"}"#
    let server = try ScriptedServer(["GET /v1/jobs/x/events": [["status": 404, "body": problem]]])
    await #expect(throws: CoordinatorClientError.self) {
      for try await _ in server.client().events("x") {}
    }
  }

  @Test func eventsAreTheSameHoweverTheBytesArrive() throws {
    let stream = "id: 1\r\ndata: a\r\ndata:b\r\n\r\n: keep-alive\n\nevent: x\rdata: é\r\rdata: cut"
    let whole = [
      ServerSentEvents.Event(id: "1", event: nil, data: "a\nb"),
      ServerSentEvents.Event(id: "1", event: "x", data: "é"),
    ]
    for size in 1...stream.utf8.count {
      var parser = ServerSentEvents()
      var events: [ServerSentEvents.Event] = []
      var rest = Data(stream.utf8)
      while !rest.isEmpty {
        events += try parser.append(Data(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      #expect(events == whole, "in pieces of \(size)")
    }
  }

  @Test func anEndlessLineIsRefused() {
    var parser = ServerSentEvents()
    #expect(throws: ServerSentEvents.LineTooLong.self) {
      _ = try parser.append(Data(repeating: 65, count: ServerSentEvents.maximumLineBytes + 1))
    }
  }

  @Test func waitsGrowAndStayWithinTheirLimit() {
    let policy = RetryPolicy(
      maximumTries: 9, firstDelay: .milliseconds(100), longestDelay: .seconds(1))
    for tries in 1...40 {
      let full = min(Duration.milliseconds(100) * (1 << min(tries - 1, 16)), .seconds(1))
      let delay = policy.delay(after: tries)
      #expect(delay >= full * 0.5 && delay <= full)
    }
  }
}
