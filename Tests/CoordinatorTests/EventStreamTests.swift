import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

@Suite struct EventStreamTests {
  /// The events of a whole stream, checking its form.
  private func events(_ response: RawResponse) throws -> [JobEvent] {
    #expect(response.status == 200)
    #expect(response.headers["content-type"] == "text/event-stream")
    var events: [JobEvent] = []
    for block in response.text.components(separatedBy: "\n\n") where !block.isEmpty {
      if block.hasPrefix(":") { continue }
      let lines = block.components(separatedBy: "\n")
      try #require(lines.count == 3)
      let event = try WireFormat.decoder().decode(
        JobEvent.self, from: Data(lines[2].dropFirst("data: ".count).utf8))
      #expect(lines[0] == "id: \(event.id)")
      #expect(lines[1] == "event: \(event.event)")
      events.append(event)
    }
    return events
  }

  @Test(.timeLimit(.minutes(3))) func resumesWhereItBrokeAndEndsWithTheJob() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.submit)
        let submitter = try coordinator.client(token)
        let worker = try await TinyWorker.begin(
          try coordinator.client(try await coordinator.token(.work)), salt: "events")
        let job = try await submitter.submitTinyJob()
        let path = "/v1/jobs/\(job)/events"

        // History only: ends though the job goes on.
        let history = try events(
          try await coordinator.exchange("GET", path + "?follow=false", token: token))
        #expect(history.first?.event == "submitted")

        // A follower that breaks off after the first event, while the job runs.
        let follower = try RawConnection(port: coordinator.port)
        try await follower.send("GET", path, token: token)
        #expect(try await follower.receive(until: "\n\n").contains("submitted"))
        follower.disconnect()

        // One that stays to the end.
        async let followed = coordinator.exchange("GET", path, token: token)
        #expect(try await worker.work(on: job, watcher: submitter).state == .succeeded)
        let all = try events(try await followed)
        #expect(all.map(\.id) == all.map(\.id).sorted())
        #expect(Set(all.map(\.id)).count == all.count)
        #expect(all.last?.event == "job-succeeded")

        // Resuming from any event gives exactly the rest, by header and by query.
        for index in [0, all.count / 2, all.count - 1] {
          let last = all[index].id
          let byHeader = try await coordinator.exchange(
            "GET", path, token: token, headers: ["Last-Event-ID": "\(last)"])
          #expect(try events(byHeader) == Array(all[(index + 1)...]))
          let byQuery = try await coordinator.exchange(
            "GET", path + "?after=\(last)", token: token)
          #expect(try events(byQuery) == Array(all[(index + 1)...]))
        }
        _ = try problem(
          try await coordinator.exchange(
            "GET", path, token: token, headers: ["Last-Event-ID": "x"]), 400)
        _ = try problem(
          try await coordinator.exchange("GET", path + "?follow=maybe", token: token), 400)
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func sendsCommentsWhileNothingHappens() async throws {
    var timing = CoordinatorTiming()
    timing.keepAlive = .milliseconds(50)
    let fixed = timing
    try await withStore { store in
      try await withCoordinator(over: store, timing: fixed) { coordinator in
        let token = try await coordinator.token(.submit)
        let job = try await coordinator.client(token).submitTinyJob()
        let connection = try RawConnection(port: coordinator.port)
        try await connection.send("GET", "/v1/jobs/\(job)/events", token: token)
        let text = try await connection.receive(until: ": keep-alive\n\n")
        #expect(text.contains("submitted"))
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func shutdownEndsTheStream() async throws {
    try await withStore { store in
      let token = try await store.createToken(name: "reader", role: .submit)
      try await withCoordinator(over: store) { coordinator in
        let job = try await coordinator.client(token).submitTinyJob()
        let connection = try RawConnection(port: coordinator.port)
        try await connection.send("GET", "/v1/jobs/\(job)/events", token: token)
        _ = try await connection.receive(until: "\n\n")
        coordinator.service.beginShutdown()
        #expect(try await connection.receive(until: "0\r\n\r\n").hasSuffix("0\r\n\r\n"))
      }
    }
  }
}
