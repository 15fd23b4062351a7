import Artifacts
import Foundation
import ObjectStorage
import Testing

struct HubSourceTests {
  let server: HostileServer
  let folder: TemporaryFolder
  let cache: SourceCache
  static let commit = "0123456789abcdef0123456789abcdef01234567"

  init() throws {
    server = try HostileServer()
    folder = try TemporaryFolder()
    var policy = FetchPolicy()
    policy.huggingFaceEndpoint = URL(string: server.base)
    policy.huggingFaceToken = "hf_secret"
    policy.allowsPrivateAddresses = true
    policy.retryDelaySeconds = 0.001
    cache = try SourceCache(directory: folder.url, policy: policy)
  }

  @Test func aModelIsPinnedAndOnlyItsFilesAreFetched() throws {
    let resolved = try cache.resolve("hf://org/tiny", wanting: .model)
    #expect(resolved.source == "hf://org/tiny@\(Self.commit)")
    let names = try FileManager.default.subpathsOfDirectory(atPath: resolved.location.path).sorted()
    #expect(
      names == [
        "1_Pooling", "1_Pooling/config.json", "config.json", "model.safetensors", "vocab.txt",
      ])
    let requests = try server.log().count
    #expect(
      try cache.materialize(resolved.source, digest: resolved.digest, wanting: .model)
        == resolved.location)
    #expect(try server.log().count == requests + 1)  // the log itself
  }

  @Test func theTokenGoesToTheHubOnly() throws {
    _ = try cache.resolve("hf://org/tiny", wanting: .model)
    let log = try server.log()
    let cdn = try #require(log.first { $0.path == "/cdn" })
    #expect(cdn.authorization == nil)
    #expect(
      log.filter { $0.path.hasPrefix("/org/") }.allSatisfy {
        $0.authorization == "Bearer hf_secret"
      })
    #expect("\(FetchPolicyPrinting.withToken)".contains("hf_secret") == false)
  }

  @Test(arguments: [
    ("hf://org/private", "set HF_TOKEN"), ("hf://org/gated", "org/gated is restricted"),
    ("hf://org/liar-size", "5010 bytes where its listing says 5011"),
    ("hf://org/liar-digest", "listing says 000000000000"), ("hf://org/none", "nothing there"),
    ("hf://org/evil", "impossible file"), ("hf://org/tiny/config.json", "one file"),
  ])
  func whatTheHubRefusesSaysWhy(source: String, says: String) throws {
    let error = #expect(throws: SourceError.self) { try cache.resolve(source, wanting: .model) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("hf_secret") == false)
  }

  @Test func aListedFileThatIsNotThereIsNoSmallerDataSet() throws {
    let error = #expect(throws: SourceError.self) {
      try cache.resolve("hf://datasets/org/holes", wanting: .dataset)
    }
    #expect(error?.problem.contains("gone.txt is in the listing") == true)
  }

  @Test func aRedirectIntoAPrivateNetworkIsRefused() throws {
    var policy = FetchPolicy()  // The hub itself is trusted.
    policy.huggingFaceEndpoint = URL(string: server.base)
    policy.huggingFaceToken = "hf_secret"
    let strict = try SourceCache(directory: folder.url, policy: policy)
    let error = #expect(throws: SourceError.self) {
      try strict.resolve("hf://org/tiny", wanting: .model)
    }
    #expect(error?.problem.contains("localhost is a private address") == true)
    #expect(try server.log().contains { $0.path == "/cdn" } == false)
  }

  @Test func oneFolderOfARepository() throws {
    let resolved = try cache.resolve("hf://datasets/org/folders@v1/stsb", wanting: .dataset)
    #expect(resolved.source == "hf://datasets/org/folders@\(Self.commit)/stsb")
    let names = try FileManager.default.subpathsOfDirectory(atPath: resolved.location.path)
    #expect(names.sorted() == ["dev.tsv", "test.tsv"])
    #expect(throws: SourceError.self) {
      try cache.resolve("hf://datasets/org/folders@v1/none", wanting: .dataset)
    }
  }

  @Test func oneFileOfARepository() throws {
    let resolved = try cache.resolve("hf://org/tiny/vocab.txt", wanting: .file)
    #expect(resolved.source == "hf://org/tiny@\(Self.commit)/vocab.txt")
    #expect(try Data(contentsOf: resolved.location) == Data("[PAD]\n[UNK]\n".utf8))
  }
}

enum FetchPolicyPrinting {
  static var withToken: FetchPolicy {
    var policy = FetchPolicy()
    policy.huggingFaceToken = "hf_secret"
    return policy
  }
}
