import Foundation
import Jobs
import Testing

@testable import CoordinatorClient

/// `Fixtures/scripted_coordinator.py`: what a coordinator says to a worker, led by a test.
final class ScriptedCoordinator {
  /// One request that came, as the script records it.
  struct Entry: Decodable {
    var kind: String
    var session: String?
    var id: AttemptID?
    var result: String?
    var size: Int?
    var failure: TaskFailure?
    var running: [AttemptID]?
    var progress: [Double]?
    var released: [AttemptID]?
  }

  /// What to change; see the script's head.
  struct Control: Encodable {
    var tasks: [ClaimedTask]?
    var lose: [AttemptID]?
    var drain: Bool?
    var expire: Bool?
    var dropCompletes: Int?
    var refuse: Bool?
    var revoke: Bool?
    var breakCompletes: Bool?
  }

  private let process = Process()
  private let input = Pipe()
  let port: Int
  let endpoint: URL

  init(port: Int = 0) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/scripted_coordinator.py")
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path, String(port)]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([10]) {
      guard !byte.isEmpty else { break }
      line += byte
    }
    self.port = try #require(Int(String(decoding: line, as: UTF8.self)))
    endpoint = try #require(URL(string: "http://127.0.0.1:\(self.port)"))
  }

  /// Ends the process, connections under way with it.
  func stop() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  deinit { stop() }

  func control(_ change: Control) async throws {
    _ = try await client.send(
      try APIRequest("POST", ["_control"], version: nil, isRepeatable: true).sending(change))
  }

  /// Waits until `count` requests of a kind have come.
  @discardableResult
  func wait(for kind: String, count: Int = 1) async throws -> [Entry] {
    struct Wish: Encodable {
      var kind: String
      var count: Int
    }
    let entries: [Entry] = try await client.call(
      try APIRequest("POST", ["_wait"], version: nil, isRepeatable: true)
        .sending(Wish(kind: kind, count: count)).waiting(seconds: 150))
    try #require(entries.count >= count, "waited in vain for \(count) × \(kind)")
    return entries
  }

  private var client: CoordinatorClient { CoordinatorClient(endpoint: endpoint, token: "test") }
}
