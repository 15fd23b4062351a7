import ArgumentParser
import Foundation
import ObjectStorage

/// What may be fetched and how much of it is kept: flags over environment over defaults.
struct FetchOptions: ParsableArguments {
  @Option(
    help: """
      What all fetched sources may take, for example 20GiB; the longest unused go first \
      (NNLUT_CACHE_SIZE; default: 50GiB or half of the disk).
      """)
  var cacheSize: String?
  @Option(
    name: .customLong("allow-host"), parsing: .singleValue,
    help: """
      A host that sources may come from, such as example.org or *.example.org; may be repeated; \
      default: all (NNLUT_ALLOWED_HOSTS).
      """)
  var allowedHosts: [String] = []
  @Option(
    name: .customLong("allow-scheme"), parsing: .singleValue,
    help: """
      A scheme that sources may have: file, https, http, s3 or hf; may be repeated; default: all \
      (NNLUT_ALLOWED_SCHEMES).
      """)
  var allowedSchemes: [String] = []
  @Option(
    name: .customLong("ca-file"),
    help: "PEM file of authorities to trust beside the system's folder of them (CURL_CA_BUNDLE).")
  var authorities: String?
  @Flag(help: "Let sources come from private addresses (NNLUT_ALLOW_PRIVATE_ADDRESSES=1).")
  var allowPrivateAddresses = false

  /// - Throws: `UsageError` that names the flag or variable.
  func policy() throws -> FetchPolicy {
    do { return try makePolicy() } catch let error as SourceError {
      throw UsageError(description: error.description)
    }
  }

  private func makePolicy() throws -> FetchPolicy {
    var policy = FetchPolicy()
    try policy.apply(environment: ProcessInfo.processInfo.environment)
    if let cacheSize {
      policy.maximumCacheBytes = try FetchPolicy.cacheSize(cacheSize, name: "--cache-size")
    }
    if !allowedHosts.isEmpty { policy.allowedHosts = allowedHosts }
    if !allowedSchemes.isEmpty {
      policy.allowedSchemes = try FetchPolicy.schemes(allowedSchemes, name: "--allow-scheme")
    }
    if let authorities { policy.certificateAuthority = URL(fileURLWithPath: authorities) }
    if allowPrivateAddresses { policy.allowsPrivateAddresses = true }
    return policy
  }
}
