import Artifacts
import Foundation
import Synchronization
import Testing

@testable import ObjectStorage

/// `s3_server.py`, which takes a while to start: one for all tests, each below a path of its own.
struct BucketStore {
  struct NoTools: Error, CustomStringConvertible {
    let description = "no .venv/bin/python with moto: run scripts/setup --demo"
  }

  private static let shared = Result { try start() }
  private static let runs = Atomic(0)
  private let server: HostileServer
  private let path: String

  init() throws {
    server = try Self.shared.get()
    path = "/run-\(Self.runs.add(1, ordering: .relaxed).newValue)"
  }

  var endpoint: String { server.base + path }

  func log() throws -> [HostileServer.LoggedRequest] { try server.log(path) }

  private static func start() throws -> HostileServer {
    let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let python = root.appending(path: ".venv/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: python) else { throw NoTools() }
    return try HostileServer([python], script: "s3_server.py")
  }
}

/// `s3:` sources from moto, every signature checked by botocore's signer.
struct BucketSourceTests {
  let server: BucketStore
  let folder: TemporaryFolder
  static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY"

  init() throws {
    server = try BucketStore()
    folder = try TemporaryFolder()
  }

  /// Private addresses are not allowed: the endpoint is trusted as it is.
  private func cache(
    _ environment: [String: String] = [:], partBytes: Int64 = 64 << 20
  ) throws -> SourceCache {
    var policy = FetchPolicy()
    policy.retryDelaySeconds = 0.001
    policy.maximumTries = 3
    policy.s3PartBytes = partBytes
    let usual = [
      "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": Self.secret,
      "AWS_REGION": "eu-test-3", "AWS_ENDPOINT_URL": server.endpoint,
    ]
    try policy.apply(environment: usual.merging(environment) { $1 })
    return try SourceCache(directory: folder.url, policy: policy)
  }

  private static let anonymous = ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]

  @Test func oneObjectIsFetchedOnce() throws {
    let cache = try cache()
    let resolved = try cache.resolve("s3://private/text.txt", wanting: .file)
    #expect(try Data(contentsOf: resolved.location) == WebSourceTests.text)
    #expect(try cache.resolve("s3://private/text.txt", wanting: .file) == resolved)
    let log = try server.log()
    #expect(log.count == 2 && log[1].condition?.hasPrefix("\"") == true)
    #expect(log.allSatisfy { $0.authorization?.hasPrefix("AWS4-HMAC-SHA256 ") == true })
    #expect("\(log)".contains(Self.secret) == false)
    let odd = try cache.resolve(
      "s3://private/odd/ä b+c&d=e~'()*!,;:@$/f.txt", wanting: .file)
    #expect(try Data(contentsOf: odd.location) == Data("odd".utf8))
    let empty = try cache.resolve("s3://private/empty.txt", wanting: .file)
    #expect(try Data(contentsOf: empty.location).isEmpty)
  }

  @Test func aLargeObjectComesInParts() throws {
    let whole = try cache().resolve("s3://private/big.bin", wanting: .file)
    let other = try TemporaryFolder()
    var policy = try cache(partBytes: 100_000).policy
    policy.s3PartBytes = 100_000
    let parts = try SourceCache(directory: other.url, policy: policy)
      .resolve("s3://private/big.bin", wanting: .file)
    #expect(parts.digest == whole.digest)
    let log = try server.log()
    #expect(
      log.map(\.range) == [
        "bytes=0-67108863", "bytes=0-99999", "bytes=100000-199999", "bytes=200000-299999",
      ])
    #expect(log[1].condition == nil && log[3].condition == log[2].condition)
    #expect(log[2].condition?.hasPrefix("\"") == true)
  }

  @Test func brokenPartsAreTakenUp() throws {
    let whole = try cache().resolve("s3://private/big.bin", wanting: .file)
    let resolved = try cache(partBytes: 100_000).resolve("s3://private/drops.bin", wanting: .file)
    #expect(resolved.digest == whole.digest)
    let ranges = try server.log().filter { $0.path.hasSuffix("drops.bin") }.map(\.range)
    #expect(ranges.prefix(2) == ["bytes=0-99999", "bytes=40000-139999"])
  }

  @Test func anObjectThatChangesIsNoticed() throws {
    let resolved = try cache(partBytes: 100_000)
      .resolve("s3://private/changing.bin", wanting: .file)
    let bytes = try Data(contentsOf: resolved.location)
    #expect(bytes.first == 2 && bytes.count == 300_000)
    let error = #expect(throws: SourceError.self) {
      try cache(partBytes: 100_000).resolve("s3://private/restless.bin", wanting: .file)
    }
    #expect(error?.problem.contains("changes while it is fetched") == true)
  }

  @Test func aFolderIsListedPageByPage() throws {
    let cache = try cache()
    let resolved = try cache.resolve("s3://private/set", wanting: .dataset)
    let names = try FileManager.default.subpathsOfDirectory(atPath: resolved.location.path)
    #expect(
      names.filter { $0.hasSuffix(".txt") }.sorted() == (0..<8).map { "part \($0)/<\($0)>.txt" })
    #expect(try server.log().filter { $0.path.contains("list-type=2") }.count == 3)
    #expect(try cache.resolve("s3://private/set/", wanting: .dataset).digest == resolved.digest)
  }

  @Test func aShardedModelIsPutTogether() throws {
    let resolved = try cache().resolve("s3://private/model", wanting: .model)
    let names = try FileManager.default.subpathsOfDirectory(atPath: resolved.location.path).sorted()
    #expect(
      names == [
        "config.json", "model-1.safetensors", "model-2.safetensors",
        "model.safetensors.index.json", "tokenizer.json",
      ])
  }

  @Test func publicObjectsNeedNoKey() throws {
    let resolved = try cache(Self.anonymous).resolve("s3://public/text.txt", wanting: .file)
    #expect(resolved.digest == ContentDigest(of: WebSourceTests.text))
    #expect(try server.log().allSatisfy { $0.authorization == nil })
  }

  @Test func aSessionTokenIsSigned() throws {
    let resolved = try cache(["AWS_SESSION_TOKEN": "tok/en+="])
      .resolve("s3://token/text.txt", wanting: .file)
    #expect(resolved.digest == ContentDigest(of: WebSourceTests.text))
  }

  @Test(arguments: [
    ("s3://private/text.txt", ["AWS_SECRET_ACCESS_KEY": "wrong"], "(SignatureDoesNotMatch)"),
    ("s3://private/text.txt", ["AWS_ACCESS_KEY_ID": "OTHER"], "AWS_SECRET_ACCESS_KEY"),
    ("s3://private/text.txt", anonymous, "set AWS_ACCESS_KEY_ID"),
    ("s3://token/text.txt", [:], "(InvalidToken)"),
    ("s3://private/text.txt", ["AWS_REGION": "us-east-1"], "set AWS_REGION=eu-test-3"),
    ("s3://elsewhere/text.txt", [:], "set AWS_REGION=mars-north-1"),
    ("s3://private/none.txt", [:], "nothing there"), ("s3://none/x", [:], "nothing there"),
    ("s3://private/busy.txt", [:], "status 503"),
    ("s3://private/set/", [:], "names a folder"),
  ])
  func whatTheStoreRefusesSaysWhy(
    source: String, environment: [String: String], says: String
  ) throws {
    let error = #expect(throws: SourceError.self) {
      try cache(environment).resolve(source, wanting: .file)
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains(Self.secret) == false)
    #expect(try folder.names(in: "partial") == [])
  }

  @Test(arguments: [
    ("s3://private/none", SourceContent.dataset, "begins with 'none/'"),
    ("s3://private/evil", .dataset, "cannot become a file's path"),
    ("s3://private/pickle", .model, "safe_serialization=True"),
    ("s3://none/set", .dataset, "no such bucket"),
  ])
  func foldersThatCannotBeUsedSayWhy(source: String, content: SourceContent, says: String) throws {
    let error = #expect(throws: SourceError.self) {
      try cache().resolve(source, wanting: content)
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test func addressesAreMadeForAmazonAndOthers() throws {
    let own = try BucketLocation(
      bucket: "b-1", endpoint: URL(string: "http://minio:9000/x/"), region: "r")
    #expect(
      own.object("a b/ä?.txt")?.absoluteString == "http://minio:9000/x/b-1/a%20b/%C3%A4%3F.txt")
    let amazon = try BucketLocation(bucket: "b-1", endpoint: nil, region: "eu-west-1")
    #expect(amazon.object("k")?.absoluteString == "https://b-1.s3.eu-west-1.amazonaws.com/k")
    let dotted = try BucketLocation(bucket: "b.1", endpoint: nil, region: "eu-west-1")
    #expect(
      dotted.list(prefix: "a/", token: "t+", pageSize: 9)?.absoluteString
        == "https://s3.eu-west-1.amazonaws.com/b.1/?continuation-token=t%2B&list-type=2&max-keys=9"
        + "&prefix=a%2F")
  }
}
