import Artifacts
import Foundation
import Testing

@testable import ObjectStorage

/// Transfers that break, change or crawl, and servers that send something else.
struct WebTroubleTests {
  let server: HostileServer
  let folder: TemporaryFolder

  init() throws {
    server = try HostileServer()
    folder = try TemporaryFolder()
  }

  @Test func whatHasArrivedIsKeptForTheNextProcess() throws {
    let source = "\(server.base)/drops.txt"
    #expect(throws: SourceError.self) {
      try SourceCache.test(in: folder) { $0.maximumTries = 1 }.resolve(source, wanting: .file)
    }
    #expect(try folder.names(in: "sha256") == [])
    let resolved = try SourceCache.test(in: folder).resolve(source, wanting: .file)
    #expect(resolved.digest == ContentDigest(of: WebSourceTests.text))
    let log = try server.log().filter { $0.path == "/drops.txt" }
    #expect(log.map(\.range) == [nil, "bytes=15000-", "bytes=30000-", "bytes=45000-"])
    #expect(log.dropFirst().allSatisfy { $0.condition != nil })
    #expect(try folder.names(in: "partial") == [])
  }

  @Test func aPartOfAnotherStartOfTheMachineIsNotGoneOnWith() throws {
    let source = "\(server.base)/drops.txt"
    #expect(throws: SourceError.self) {
      try SourceCache.test(in: folder) { $0.maximumTries = 1 }.resolve(source, wanting: .file)
    }
    let name = try #require(try folder.names(in: "partial").first { $0.hasSuffix(".json") })
    let place = folder.url.appending(path: "partial/\(name)")
    var note = try JSONDecoder().decode(PartialFile.Note.self, from: Data(contentsOf: place))
    note.boot = "another"
    try JSONEncoder().encode(note).write(to: place)
    _ = try SourceCache.test(in: folder).resolve(source, wanting: .file)
    #expect(try server.log().filter { $0.path == "/drops.txt" }[1].range == nil)
  }

  @Test func contentThatChangesInBetweenIsNeverMixed() throws {
    let reversed = Data(WebSourceTests.text.reversed())
    let changed = try SourceCache.test(in: folder)
      .resolve("\(server.base)/changes.txt", wanting: .file)
    #expect(changed.digest == ContentDigest(of: reversed))
    let mixed = try SourceCache.test(in: folder)
      .resolve("\(server.base)/mixes.txt", wanting: .file)
    #expect(mixed.digest == ContentDigest(of: WebSourceTests.text))
  }

  @Test func aTrickleIsNoProgress() throws {
    let cache = try SourceCache.test(in: folder) {
      $0.stallSeconds = 1
      $0.minimumBytesPerSecond = 1000
      $0.maximumTries = 2
    }
    let began = ContinuousClock.now
    let error = #expect(throws: SourceError.self) {
      try cache.resolve("\(server.base)/drips.txt", wanting: .file)
    }
    #expect(error?.problem.contains("of 100000 bytes of drips.txt came") == true)
    #expect(error?.isRetryable == true)
    #expect(ContinuousClock.now - began < .seconds(15))
  }

  @Test(arguments: [
    ("login", "web page"), ("sorry", "config.json is no JSON"),
    ("error", "model.safetensors is no safetensors"), ("pointer", "Git LFS pointer"),
    ("pickled", "safe_serialization=True"), ("torn", "model-2.safetensors, which"),
    ("outside", "'../x.safetensors', which is no"), ("unindexed", "weight_map cannot be read"),
    ("nothing", "no config.json"),
  ])
  func whatIsNoModelSaysWhy(path: String, says: String) throws {
    let error = #expect(throws: SourceError.self) {
      try SourceCache.test(in: folder).resolve("\(server.base)/\(path)", wanting: .model)
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    #expect(error?.source.hasPrefix("\(server.base)/\(path)") == true)
    #expect(try folder.names(in: "partial") == [])
  }

  @Test func onlyAllowedHostsAreAskedRedirectsIncluded() throws {
    let port = try #require(URL(string: server.base)?.port)
    let cache = try SourceCache.test(in: folder) { $0.allowedHosts = ["127.0.0.1:\(port)"] }
    _ = try cache.resolve("\(server.base)/moved.txt", wanting: .file)
    let error = #expect(throws: SourceError.self) {
      try cache.resolve("\(server.base)/elsewhere.txt", wanting: .file)
    }
    #expect(error?.problem.contains("localhost is not among the hosts") == true)
    #expect(error?.remedy.contains("--allow-host localhost") == true)
    #expect(try server.log().allSatisfy { $0.host.hasPrefix("127.") })
  }

  @Test func onlyAllowedSchemesAreFetched() throws {
    let cache = try SourceCache.test(in: folder) { $0.allowedSchemes = ["hf", "https"] }
    for source in ["\(server.base)/good.txt", "s3://bucket/key", "file:/etc/passwd"] {
      let error = #expect(throws: SourceError.self) { try cache.resolve(source, wanting: .file) }
      #expect(error?.problem.contains("fetches no") == true, "\(source)")
    }
    #expect(try server.log().count == 1)  // the log itself
  }

  @Test func progressIsByBytes() throws {
    var seen: [Double] = []
    let port = try #require(URL(string: server.base)?.port)
    let cache = try SourceCache.test(in: folder) {
      $0.huggingFaceEndpoint = URL(string: "http://127.0.0.1:\(port)")
    }
    _ = try cache.resolve("hf://org/tiny", wanting: .model) { seen.append($0) }
    #expect(seen == seen.sorted() && seen.first == 0 && seen.last == 1)
    // Of about 5000 bytes nearly all are the weights, one of four files.
    #expect(seen.contains { $0 > 0 && $0 < 0.01 })
  }
}
