import Artifacts
import Foundation
import Testing

@testable import ObjectStorage

/// The cache's size limit.
struct CacheSpaceTests {
  let server: HostileServer
  let folder: TemporaryFolder

  init() throws {
    server = try HostileServer()
    folder = try TemporaryFolder()
  }

  private func cache(limit: Int64 = 250_000) throws -> SourceCache {
    try .test(in: folder) { $0.maximumCacheBytes = limit }
  }

  private func source(_ name: String, bytes: Int = 100_000) -> String {
    "\(server.base)/sized/\(name)/\(bytes).txt"
  }

  private func isThere(_ resolved: ResolvedSource) -> Bool {
    FileManager.default.fileExists(atPath: resolved.location.path)
  }

  @Test func whatWasUsedLongestAgoGoesFirst() throws {
    let cache = try cache()
    let a = try cache.scoped().resolve(source("a"), wanting: .file)
    let b = try cache.scoped().resolve(source("b"), wanting: .file)
    // Used again, so that b is the oldest now.
    _ = try cache.scoped().materialize(a.source, digest: a.digest, wanting: .file)
    let c = try cache.scoped().resolve(source("c"), wanting: .file)
    #expect(isThere(a) && !isThere(b) && isThere(c))
    let again = try cache.scoped().materialize(b.source, digest: b.digest, wanting: .file)
    #expect(try Data(contentsOf: again).count == 100_000)
  }

  @Test func whatIsInUseStays() throws {
    let worker = try cache()
    let other = try cache()  // as another process would have it
    let first = worker.scoped()
    let a = try first.resolve(source("a"), wanting: .file)
    var second: SourceCache? = other.scoped()
    let b = try #require(try second?.resolve(source("b"), wanting: .file))
    let error = #expect(throws: SourceError.self) {
      try other.resolve(source("c"), wanting: .file)
    }
    #expect(error?.problem.contains("no room") == true)
    #expect(error?.remedy.contains("--cache-size") == true)
    #expect(error?.isRetryable == true)
    #expect(isThere(a) && isThere(b))
    second = nil
    let c = try other.resolve(source("c"), wanting: .file)
    #expect(isThere(a) && !isThere(b) && isThere(c))
    _ = first
  }

  @Test func whatCannotFitIsNotBegun() throws {
    let error = #expect(throws: SourceError.self) {
      try cache().resolve(source("a", bytes: 300_000), wanting: .file)
    }
    #expect(error?.problem.contains("more than the cache may hold") == true)
    #expect(error?.isRetryable == false)
    #expect(try folder.names(in: "partial") == [])
  }

  @Test func aFolderAndItsFilesAreCountedOnceAndGoTogether() throws {
    let cache = try cache(limit: 150_000)
    let model = try cache.scoped().resolve("\(server.base)/model", wanting: .model)
    #expect(try folder.names(in: "sha256").count == 5)  // with the folder
    let filler = try cache.scoped().resolve(source("a", bytes: 140_000), wanting: .file)
    #expect(isThere(model) && isThere(filler))
    _ = try cache.scoped().resolve(source("b", bytes: 149_000), wanting: .file)
    #expect(try folder.names(in: "sha256").count == 1)
  }

  @Test func resultsAndLeftoversCountToo() throws {
    let cache = try cache()
    try folder.write(String(repeating: "x", count: 200_000), to: "results/old")
    try folder.write("x", to: "partial/folder-of-a-dead-process/x")
    let old = timespec(tv_sec: 1_000_000_000, tv_nsec: 0)
    for path in ["results/old", "partial/folder-of-a-dead-process"] {
      #expect(utimensat(AT_FDCWD, folder.url.path + "/" + path, [old, old], 0) == 0)
    }
    _ = try cache.resolve(source("a"), wanting: .file)
    #expect(try folder.names(in: "results") == [])
    #expect(try folder.names(in: "partial") == [])
  }

  @Test func thePinOfRemovedContentFetchesAgain() throws {
    let cache = try cache()
    let a = try cache.scoped().resolve(source("a"), wanting: .file)
    for name in ["b", "c"] { _ = try cache.scoped().resolve(source(name), wanting: .file) }
    #expect(!isThere(a))
    #expect(try cache.scoped().resolve(source("a"), wanting: .file) == a)
    #expect(isThere(a))
  }
}
