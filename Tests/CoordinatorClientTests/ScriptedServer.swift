import Foundation
import Testing

@testable import CoordinatorClient

/// `Fixtures/scripted_server.py` with one script, for the length of one test.
final class ScriptedServer {
  struct LoggedRequest: Decodable {
    var method: String
    var path: String
    var headers: [String: String]
    var body: Data
    var connection: String
  }

  private let process = Process()
  private let input = Pipe()
  private let script: URL
  let endpoint: URL

  /// - Parameter answers: "METHOD /path" to answers in turn, as the script's head says.
  init(_ answers: [String: [[String: Any]]]) throws {
    script = FileManager.default.temporaryDirectory.appending(path: "nnlut-script-\(UUID()).json")
    try JSONSerialization.data(withJSONObject: answers).write(to: script)
    let server = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/scripted_server.py")
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", server.path, script.path]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([10]) {
      guard !byte.isEmpty else { break }
      line += byte
    }
    endpoint = try #require(
      URL(string: "http://127.0.0.1:\(String(decoding: line, as: UTF8.self))"))
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: script)
  }

  func client(token: String = "nnlut_secret", retries: RetryPolicy = .quick) -> CoordinatorClient {
    CoordinatorClient(endpoint: endpoint, token: token, retries: retries)
  }

  func log() async throws -> [LoggedRequest] {
    let request = APIRequest("GET", ["_log"], version: nil, isRepeatable: true)
    return try JSONDecoder().decode(
      [LoggedRequest].self, from: try await client().send(request).body)
  }
}

extension RetryPolicy {
  static let quick = RetryPolicy(maximumTries: 3, firstDelay: .milliseconds(1))
}
