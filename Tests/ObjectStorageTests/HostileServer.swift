import Foundation
import Testing

@testable import ObjectStorage

/// A server of `Fixtures/`, for the length of one test.
final class HostileServer: Sendable {
  struct LoggedRequest: Decodable {
    var path: String
    var host: String
    var authorization: String?
    var range: String?
    var condition: String?
  }

  private let process = Process()
  private let input = Pipe()
  private let authority: URL?
  let base: String

  /// `hostile_server.py`.
  /// - Parameter authority: A folder for `ca.pem`: it serves over TLS.
  convenience init(authority: URL? = nil) throws {
    try self.init(
      ["/usr/bin/env", "python3"], script: "hostile_server.py", authority: authority)
  }

  init(_ python: [String], script: String, authority: URL? = nil) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(script)")
    self.authority = authority
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: python[0])
    process.arguments = python.dropFirst() + [script.path] + (authority.map { [$0.path] } ?? [])
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([10]) {
      guard !byte.isEmpty else { break }
      line += byte
    }
    let port = try #require(Int(String(decoding: line, as: UTF8.self)))
    base = "\(authority == nil ? "http" : "https")://127.0.0.1:\(port)"
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// - Parameter path: Of those below this.
  func log(_ path: String = "") throws -> [LoggedRequest] {
    var policy = FetchPolicy()
    policy.allowsPrivateAddresses = true
    policy.certificateAuthority = authority?.appending(path: "ca.pem")
    let url = try #require(URL(string: base + path + "/_log"))
    let bytes = try WebAccess(policy: policy, source: "the log")
      .document(url, maximumBytes: 1 << 20) {}
    return try JSONDecoder().decode([LoggedRequest].self, from: bytes)
  }
}

extension SourceCache {
  /// One for servers on loopback, impatient.
  static func test(
    in folder: TemporaryFolder, change: (inout FetchPolicy) -> Void = { _ in }
  ) throws -> SourceCache {
    var policy = FetchPolicy()
    policy.allowsPrivateAddresses = true
    policy.retryDelaySeconds = 0.001
    policy.maximumTries = 3
    change(&policy)
    return try SourceCache(directory: folder.url, policy: policy)
  }
}

extension TemporaryFolder {
  /// What lies in one of a cache's folders.
  func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path + "/" + path).sorted()
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
