import Foundation
import JobStore
import Jobs
import Logging
import Synchronization
import Testing

@testable import Coordinator

@Suite struct RequestDetailTests {
  @Test(.timeLimit(.minutes(1))) func aRequestKeepsTheIdItCameWith() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.read)
        let reply = try await coordinator.exchange(
          "GET", "/v1/jobs/none", token: token, headers: ["X-Request-Id": "trace.42_a-b"])
        #expect(reply.headers["x-request-id"] == "trace.42_a-b")
        #expect(try problem(reply, 404).requestId == "trace.42_a-b")
        for wrong in ["", "a b", "x=\"y\"", String(repeating: "a", count: 65)] {
          let other = try await coordinator.exchange(
            "GET", "/v1/jobs/none", token: token, headers: ["X-Request-Id": wrong])
          let made = try #require(try problem(other, 404).requestId)
          #expect(made.wholeMatch(of: /[0-9a-f]{32}/) != nil)
          #expect(other.headers["x-request-id"] == made)
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func queriesAndTypesAreHeldAgainstTheDescription() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.admin)
        let wrong = [
          "/v1/jobs?limt=3", "/v1/jobs?limit=1&limit=2", "/v1/jobs?limit=", "/v1/jobs?after=-1",
          "/v1/jobs?after=", "/v1/workers?after=x", "/v1/artifacts?after=A",
          "/v1/jobs/x/events?follow=maybe", "/v1/pools/x?waitSeconds=nan", "/v1/token?a=b",
        ]
        for path in wrong {
          let problem = try problem(
            try await coordinator.exchange("GET", path, token: token), 400)
          #expect(problem.detail.hasPrefix("?"), "\(path): \(problem.detail)")
        }
        let form = try await coordinator.exchange(
          "POST", "/v1/jobs", token: token,
          headers: ["Content-Type": "application/x-www-form-urlencoded"], body: TinyJob.file())
        #expect(try problem(form, 415).detail.contains("application/yaml"))
        let json = try await coordinator.exchange(
          "PUT", "/v1/pools/local", token: token, headers: ["Content-Type": "text/plain"],
          body: Data(#"{"pool":"local","desired":1}"#.utf8))
        _ = try problem(json, 415)
        let charset = try await coordinator.exchange(
          "PUT", "/v1/pools/local", token: token,
          headers: ["Content-Type": "Application/JSON; charset=utf-8"],
          body: Data(#"{"pool":"local","desired":1}"#.utf8))
        #expect(charset.status == 200)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func blobsAreKnownByTheirTag() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.read)
        let digest = try await store.putBlob(Data("bytes".utf8))
        let path = "/v1/blobs/\(digest)"
        let first = try await coordinator.exchange("GET", path, token: token)
        #expect(first.headers["etag"] == "\"\(digest)\"")
        for field in ["\"\(digest)\"", "\"x\", W/\"\(digest)\"", "*"] {
          let again = try await coordinator.exchange(
            "GET", path, token: token, headers: ["If-None-Match": field])
          #expect(again.status == 304 && again.body.isEmpty, "\(field)")
          #expect(again.headers["etag"] == "\"\(digest)\"")
        }
        let other = try await coordinator.exchange(
          "GET", path, token: token, headers: ["If-None-Match": "\"sha256:other\""])
        #expect(other.status == 200 && other.text == "bytes")
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func headIsGetWithoutTheBody() async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let token = try await coordinator.token(.read)
        let connection = try RawConnection(port: coordinator.port)
        try await connection.send(
          Data(
            "HEAD /v1/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n\r\n"
              .utf8))
        let head = try await connection.receive(until: "\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.lowercased().contains("content-length: 12\r\n"))
        #expect(head.hasSuffix("\r\n\r\n"))
        let posted = try await coordinator.exchange("PATCH", "/v1/jobs", token: token)
        #expect(try problem(posted, 405).type == "method-not-allowed")
        #expect(posted.headers["allow"] == "GET, HEAD, POST")
      }
    }
  }
}
