import Artifacts
import Foundation
import Testing

@testable import CoordinatorClient

struct BlobTests {
  static let text = String(repeating: "0123456789", count: 20_000)
  static let digest = ContentDigest(of: Data(text.utf8))
  let folder = FileManager.default.temporaryDirectory.appending(path: "nnlut-blob-\(UUID())")

  private func server(_ answers: [[String: Any]], method: String = "GET") throws -> ScriptedServer {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return try ScriptedServer(["\(method) /v1/blobs/\(Self.digest)": answers])
  }

  @Test func aBlobIsVerified() async throws {
    let good = try server([["status": 200, "body": Self.text]])
    #expect(try await good.client().blob(Self.digest) == Data(Self.text.utf8))
    let bad = try server([["status": 200, "body": "other"]])
    await #expect(throws: CoordinatorClientError.self) {
      try await bad.client().blob(Self.digest)
    }
    await #expect(throws: CoordinatorClientError.self) {
      try await good.client().blob(Self.digest, maximumBytes: 100)
    }
  }

  @Test func aDownloadIsWholeOrNotThere() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "tables.safetensors")
    let bad = try server([["status": 200, "body": "other"]])
    await #expect(throws: CoordinatorClientError.self) {
      try await bad.client().downloadBlob(Self.digest, to: file)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    let cutOff = try server([
      ["status": 200, "body": Self.text, "cut": 1000], ["status": 200, "body": Self.text],
    ])
    try await cutOff.client().downloadBlob(Self.digest, to: file)
    #expect(try Data(contentsOf: file) == Data(Self.text.utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test func aFileIsStreamedUpAndSentAgainWhenCutOff() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let server = try server([["drop": true], ["status": 201]], method: "PUT")
    let file = folder.appending(path: "blob")
    try Data(Self.text.utf8).write(to: file)
    #expect(try await server.client().uploadBlob(contentsOf: file) == Self.digest)
    let bodies = try await server.log().map(\.body)
    #expect(bodies == [Data(Self.text.utf8), Data(Self.text.utf8)])
    let error = await #expect(throws: CoordinatorClientError.self) {
      try await server.client().uploadBlob(contentsOf: folder.appending(path: "none"))
    }
    #expect("\(String(describing: error))".contains("none"))
  }
}
