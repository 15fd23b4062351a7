import Artifacts
import Foundation
import JobStore
import Jobs
import Testing

@testable import Coordinator

@Suite struct BlobTests {
  private func bytes(_ count: Int) -> Data {
    var value: UInt32 = 2_463_534_242
    return Data(
      (0..<count).map { _ in
        value ^= value << 13
        value ^= value >> 17
        value ^= value << 5
        return UInt8(truncatingIfNeeded: value)
      })
  }

  @Test(.timeLimit(.minutes(2)), arguments: [0, 1, 1 << 20, 3 << 20 | 17])
  func travelsBothWays(size: Int) async throws {
    try await withStore { store in
      try await withCoordinator(over: store) { coordinator in
        let body = bytes(size)
        let digest = ContentDigest(of: body)
        let work = try await coordinator.token(.work)
        for _ in 0..<2 {
          let put = try await coordinator.exchange(
            "PUT", "/v1/blobs/\(digest)", token: work, body: body)
          #expect(put.status == 201, "\(put.text)")
        }
        for role in [Role.work, .read] {
          let got = try await coordinator.exchange(
            "GET", "/v1/blobs/\(digest)", token: try await coordinator.token(role))
          #expect(got.status == 200)
          #expect(got.headers["content-length"] == "\(size)")
          #expect(got.headers["etag"] == "\"\(digest)\"")
          #expect(got.body == body)
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func nothingWrongIsStored() async throws {
    var limits = CoordinatorLimits()
    limits.blob = 1 << 20
    let fixed = limits
    try await withStore { store in
      try await withCoordinator(over: store, limits: fixed) { coordinator in
        let token = try await coordinator.token(.work)
        let body = bytes(1000)
        let digest = ContentDigest(of: body)
        let path = "/v1/blobs/\(digest)"
        let other = try await coordinator.exchange("PUT", path, token: token, body: bytes(999))
        #expect(try problem(other, 400).type == "digest-mismatch")

        // Announced as too large: refused without a byte of it.
        let announced = try RawConnection(port: coordinator.port)
        try await announced.send(
          "PUT", path, token: token, headers: ["Content-Length": "\((1 << 20) + 1)"])
        #expect(try problem(try await announced.receive(), 413).type == "too-large")

        // Cut off in the middle.
        let cut = try RawConnection(port: coordinator.port)
        try await cut.send(
          "PUT", path, token: token, headers: ["Content-Length": "1000"], body: body.prefix(500))
        cut.disconnect()

        _ = try problem(try await coordinator.exchange("GET", path, token: token), 404)
        #expect(
          try await coordinator.exchange("PUT", path, token: token, body: body).status == 201)
        #expect(try await coordinator.exchange("GET", path, token: token).body == body)
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func aChunkedBodyIsCountedAsItComes() async throws {
    var limits = CoordinatorLimits()
    limits.blob = 4096
    let fixed = limits
    try await withStore { store in
      try await withCoordinator(over: store, limits: fixed) { coordinator in
        let token = try await coordinator.token(.work)
        let body = bytes(8192)
        let connection = try RawConnection(port: coordinator.port)
        try await connection.send(
          Data(
            """
            PUT /v1/blobs/\(ContentDigest(of: body)) HTTP/1.1\r\nHost: 127.0.0.1\r\n\
            Authorization: Bearer \(token)\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n
            """.utf8) + body + Data("\r\n0\r\n\r\n".utf8))
        #expect(try problem(try await connection.receive(), 413).type == "too-large")
      }
    }
  }
}
