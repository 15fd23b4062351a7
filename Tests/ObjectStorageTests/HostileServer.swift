import Foundation
import Testing

@testable import ObjectStorage

/// `Fixtures/hostile_server.py`, for the length of one test.
final class HostileServer {
  struct LoggedRequest: Decodable {
    var path: String
    var host: String
    var authorization: String?
    var range: String?
  }

  private let process = Process()
  private let input = Pipe()
  let base: String

  init() throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/hostile_server.py")
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([10]) {
      guard !byte.isEmpty else { break }
      line += byte
    }
    let port = try #require(Int(String(decoding: line, as: UTF8.self)))
    base = "http://127.0.0.1:\(port)"
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  func log() throws -> [LoggedRequest] {
    var policy = FetchPolicy()
    policy.allowsPrivateAddresses = true
    let url = try #require(URL(string: base + "/_log"))
    let bytes = try WebAccess(policy: policy, source: "the log")
      .document(url, maximumBytes: 1 << 20) {}
    return try JSONDecoder().decode([LoggedRequest].self, from: bytes)
  }
}

/// A folder for the length of one test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "nnlut-test-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func write(_ text: String, to path: String) throws -> URL {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file
  }
}
