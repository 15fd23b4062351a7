import Artifacts
import CLibcurl
import Foundation
import Testing

@testable import ObjectStorage

struct WebSourceTests {
  let server: HostileServer
  let folder: TemporaryFolder
  let cache: SourceCache
  static let text = Data((0..<2000).map { "line \($0): a look-up table\n" }.joined().utf8)

  init() throws {
    server = try HostileServer()
    folder = try TemporaryFolder()
    cache = try SourceCache.test(in: folder)
  }

  @Test(arguments: ["good.txt", "moved.txt", "busy.txt", "deaf.txt"])
  func aFileIsFetched(path: String) throws {
    let resolved = try cache.resolve("\(server.base)/\(path)", wanting: .file)
    #expect(resolved.digest == ContentDigest(of: Self.text))
    #expect(try Data(contentsOf: resolved.location) == Self.text)
  }

  @Test func aBrokenTransferIsTakenUpWhereItBroke() throws {
    let resolved = try cache.resolve("\(server.base)/drops.txt", wanting: .file)
    #expect(resolved.digest == ContentDigest(of: Self.text))
    let ranges = try server.log().compactMap(\.range)
    #expect(ranges == stride(from: 15000, to: Self.text.count, by: 15000).map { "bytes=\($0)-" })
  }

  @Test func whatIsCachedIsNotSentAgain() throws {
    let source = "\(server.base)/good.txt"
    let first = try cache.resolve(source, wanting: .file)
    #expect(try cache.resolve(source, wanting: .file) == first)
    let before = try server.log().count
    #expect(
      try cache.materialize(source, digest: first.digest, wanting: .file) == first.location)
    #expect(try server.log().count == before + 1)  // the log itself
  }

  @Test func damagedContentIsFetchedAgain() throws {
    let source = "\(server.base)/good.txt"
    let resolved = try cache.resolve(source, wanting: .file)
    try Data("damaged".utf8).write(to: resolved.location)
    let again = try cache.materialize(source, digest: resolved.digest, wanting: .file)
    #expect(try Data(contentsOf: again) == Self.text)
  }

  @Test(arguments: [
    ("page.txt", "web page"),
    ("secret.txt", "needs no login"),
    ("none.txt", "nothing there"), ("loop.txt", "redirects more than"),
    ("to-file.txt", "neither http: nor https:"),
  ])
  func aBadServerGivesAClearError(path: String, says: String) throws {
    let error = #expect(throws: SourceError.self) {
      try cache.resolve("\(server.base)/\(path)", wanting: .file)
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/partial") == [])
  }

  @Test func aServerThatLiesAboutTheLengthIsGivenUp() throws {
    let error = #expect(throws: SourceError.self) {
      try cache.resolve("\(server.base)/lies.txt", wanting: .file)
    }
    #expect(error?.problem.contains("15000 of 52890 bytes") == true)
    #expect(error?.isRetryable == true)
    #expect(try folder.names(in: "sha256") == [])
  }

  @Test func whatIsTooLargeIsCutOff() throws {
    let small = try SourceCache.test(in: folder) { $0.maximumBytes = 1000 }
    let error = #expect(throws: SourceError.self) {
      try small.resolve("\(server.base)/good.txt", wanting: .file)
    }
    #expect(error?.problem.contains("larger than the 1000 bytes") == true)
  }

  @Test func privateAddressesAreRefusedUnlessAllowed() throws {
    let strict = try SourceCache.test(in: folder) { $0.allowsPrivateAddresses = false }
    let error = #expect(throws: SourceError.self) {
      try strict.resolve("\(server.base)/good.txt", wanting: .file)
    }
    #expect(error?.problem.contains("127.0.0.1 is a private address") == true)
    #expect(try server.log().count == 1)  // the log itself
  }

  @Test func changedContentIsNotMaterialized() throws {
    let source = "\(server.base)/changing.txt"
    let first = try cache.resolve(source, wanting: .file)
    let other = try TemporaryFolder()
    let error = #expect(throws: SourceError.self) {
      try SourceCache.test(in: other).materialize(source, digest: first.digest, wanting: .file)
    }
    #expect(error?.problem.contains("changed since the job began") == true)
  }

  @Test func progressCanCancel() throws {
    struct Enough: Error {}
    let began = ContinuousClock.now
    #expect(throws: Enough.self) {
      try cache.resolve("\(server.base)/stalls.txt", wanting: .file) { _ in
        if ContinuousClock.now - began > .milliseconds(300) { throw Enough() }
      }
    }
    #expect(ContinuousClock.now - began < .seconds(10))
  }

  @Test func aModelIsPutTogetherFromItsFiles() throws {
    let resolved = try cache.resolve("\(server.base)/model", wanting: .model)
    let names = try FileManager.default.subpathsOfDirectory(atPath: resolved.location.path).sorted()
    #expect(
      names == [
        "1_Pooling", "1_Pooling/config.json", "config.json", "model.safetensors", "vocab.txt",
      ])
    let other = try TemporaryFolder()
    var policy = FetchPolicy()
    policy.allowedFolders = [resolved.location]
    let local = try SourceCache(directory: other.url, policy: policy)
      .resolve("file:\(resolved.location.path)", wanting: .model)
    #expect(local.digest == resolved.digest)
  }

  @Test func severalThreadsFetchOnce() throws {
    let cache = self.cache
    let source = "\(server.base)/drops.txt"
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      _ = try? cache.resolve(source, wanting: .file)
    }
    let whole = try server.log().filter { $0.path == "/drops.txt" && $0.range == nil }
    // Later ones ask whether it has changed (304), and none fetches it again in parts.
    #expect(try server.log().filter { $0.range != nil }.count == 3)
    #expect(whole.count == 4)
  }

  @Test(arguments: [
    ("10.1.2.3", 1), ("127.0.0.1", 1), ("169.254.169.254", 1), ("172.31.0.1", 1),
    ("172.32.0.1", 0), ("192.168.1.1", 1), ("100.64.0.1", 1), ("8.8.8.8", 0), ("0.0.0.0", 1),
    ("224.0.0.1", 1), ("::1", 1), ("fe80::1", 1), ("fd00::1", 1), ("::ffff:10.0.0.1", 1),
    ("::ffff:8.8.8.8", 0), ("64:ff9b::7f00:1", 1), ("2002:7f00:1::", 1), ("2606:4700::1", 0),
    ("nonsense", -1),
  ])
  func addressesAreClassified(address: String, isPrivate: Int32) {
    #expect(nnlut_address_is_private(address) == isPrivate)
  }
}
