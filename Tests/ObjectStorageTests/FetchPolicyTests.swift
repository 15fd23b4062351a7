import Foundation
import Testing

@testable import ObjectStorage

struct FetchPolicyTests {
  @Test func theEnvironmentIsTaken() throws {
    var policy = FetchPolicy()
    try policy.apply(environment: [
      "HF_ENDPOINT": "https://hub.example/x", "HF_TOKEN": "hf_secret",
      "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "aws_secret",
      "AWS_SESSION_TOKEN": "session_secret", "AWS_DEFAULT_REGION": "eu-west-1",
      "AWS_ENDPOINT_URL": "https://other.example", "NNLUT_S3_ENDPOINT": "http://minio:9000",
      "CURL_CA_BUNDLE": "", "SSL_CERT_FILE": "/ca.pem", "NNLUT_CACHE_SIZE": "2GiB",
      "NNLUT_ALLOWED_HOSTS": "a.example, *.b.example", "NNLUT_ALLOWED_SCHEMES": "hf,S3",
      "NNLUT_ALLOW_PRIVATE_ADDRESSES": "1",
    ])
    #expect(policy.huggingFaceEndpoint?.absoluteString == "https://hub.example/x")
    #expect(policy.s3Endpoint?.absoluteString == "http://minio:9000")
    #expect(policy.s3Region == "eu-west-1" && policy.s3Credentials?.sessionToken != nil)
    #expect(policy.certificateAuthority?.path == "/ca.pem")
    #expect(policy.maximumCacheBytes == 2 << 30)
    #expect(policy.allowedHosts == ["a.example", "*.b.example"])
    #expect(policy.allowedSchemes == ["hf", "s3"])
    #expect(policy.allowsPrivateAddresses)
    var dumped = ""
    dump(policy, to: &dumped)
    dump(policy.s3Credentials, to: &dumped)
    dumped += "\(policy)\(String(reflecting: policy.s3Credentials))"
    #expect(!dumped.contains("secret"))
  }

  @Test(arguments: [
    ["HF_ENDPOINT": "hub.example"], ["AWS_ENDPOINT_URL": "ftp://x"],
    ["NNLUT_S3_ENDPOINT": "https://user:secret@x"], ["AWS_REGION": "a.evil.example/"],
    ["AWS_ACCESS_KEY_ID": "key"], ["AWS_SECRET_ACCESS_KEY": "secret"],
    ["AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret\n"],
    ["NNLUT_CACHE_SIZE": "much"], ["NNLUT_CACHE_SIZE": "0"], ["NNLUT_ALLOWED_SCHEMES": "ftp"],
    ["NNLUT_ALLOW_PRIVATE_ADDRESSES": "maybe"],
  ])
  func whatMakesNoSenseIsNamed(environment: [String: String]) {
    var policy = FetchPolicy()
    let error = #expect(throws: SourceError.self) { try policy.apply(environment: environment) }
    #expect(environment.keys.contains { error?.description.contains($0) == true })
    #expect(error?.description.contains("secret") == false)
  }

  @Test(arguments: [
    ("1024", 1024), ("1KiB", 1024), ("1k", 1024), ("1.5 GB", 1_500_000_000),
    ("20gib", 20 << 30), ("1T", 1 << 40), ("", nil), ("-1", nil), ("1XB", nil), ("GiB", nil),
    ("1e400", nil), ("99999999T", nil), ("1.2.3", nil), ("1 000", nil),
  ])
  func sizesAreRead(text: String, bytes: Int64?) {
    #expect(ByteSize.parse(text) == bytes)
  }

  @Test(arguments: [
    ("https://example.org/x", "example.org", true), ("https://EXAMPLE.org./x", "example.org", true),
    ("https://a.example.org/x", "example.org", false),
    ("https://a.b.example.org/x", "*.example.org", true),
    ("https://example.org/x", "*.example.org", false),
    ("https://evilexample.org/x", "*.example.org", false),
    ("https://example.org.evil/x", "example.org", false),
    ("https://example.org:8443/x", "example.org:8443", true),
    ("https://example.org/x", "example.org:443", true),
    ("https://example.org/x", "example.org:8443", false),
    ("https://[::1]:9000/x", "[::1]:9000", true), ("https://[::1]/x", "::1", true),
    ("https://user@example.org/x", "user", false), ("https:///x", "", false),
  ])
  func hostsAreMatched(address: String, pattern: String, isAllowed: Bool) throws {
    var policy = FetchPolicy()
    policy.allowedHosts = [pattern]
    #expect(policy.allows(try #require(URL(string: address))) == isAllowed)
    policy.allowedHosts = []
    #expect(!policy.allows(try #require(URL(string: address))))
    policy.allowedHosts = nil
    #expect(policy.allows(try #require(URL(string: address))))
  }
}
