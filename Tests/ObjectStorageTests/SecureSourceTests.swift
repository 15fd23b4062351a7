import Artifacts
import Foundation
import ObjectStorage
import Testing

/// `https:` with an authority of one's own.
struct SecureSourceTests {
  let server: HostileServer
  let authority: TemporaryFolder
  let folder: TemporaryFolder

  init() throws {
    authority = try TemporaryFolder()
    server = try HostileServer(authority: authority.url)
    folder = try TemporaryFolder()
  }

  private var bundle: String { authority.url.path + "/ca.pem" }

  @Test(arguments: ["CURL_CA_BUNDLE", "SSL_CERT_FILE"])
  func aNamedAuthorityIsTrusted(variable: String) throws {
    var policy = FetchPolicy()
    policy.allowsPrivateAddresses = true
    try policy.apply(environment: [variable: bundle])
    let cache = try SourceCache(directory: folder.url, policy: policy)
    for path in ["good.txt", "elsewhere.txt"] {
      let resolved = try cache.resolve("\(server.base)/\(path)", wanting: .file)
      #expect(resolved.digest == ContentDigest(of: WebSourceTests.text))
    }
  }

  @Test func anUnknownAuthorityIsNot() throws {
    let strangers = try TemporaryFolder()
    let other = try HostileServer(authority: strangers.url)
    let policies: [(inout FetchPolicy) -> Void] = [
      { _ in }, { $0.certificateAuthority = strangers.url.appending(path: "ca.pem") },
      { $0.certificateAuthority = strangers.url.appending(path: "none.pem") },
    ]
    for change in policies {
      let error = #expect(throws: SourceError.self) {
        try SourceCache.test(in: folder, change: change)
          .resolve("\(server.base)/good.txt", wanting: .file)
      }
      #expect(error?.problem.contains("127.0.0.1 cannot be trusted") == true)
      #expect(error?.remedy.contains("--ca-file") == true)
      #expect(error?.isRetryable == false)
    }
    _ = other
  }

  @Test func encryptionIsNotGivenUpOnARedirect() throws {
    let error = #expect(throws: SourceError.self) {
      try SourceCache.test(in: folder) { $0.certificateAuthority = URL(fileURLWithPath: bundle) }
        .resolve("\(server.base)/down.txt", wanting: .file)
    }
    #expect(error?.problem.contains("from https: to http:") == true)
  }
}
