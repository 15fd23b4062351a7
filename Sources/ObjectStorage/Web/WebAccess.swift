import CLibcurl
import Foundation

/// Requests to the web under a policy: which schemes, hosts and addresses, how many redirects, and
/// that a credential goes to its own host only. For one thread.
struct WebAccess {
  enum Credential {
    case none
    /// Secret.
    case bearer(String)
    case signature(S3Credentials, region: String)
  }

  var policy: FetchPolicy
  /// The source, for messages.
  var source: String
  /// Used at `trustedOrigin` only.
  var credential = Credential.none
  /// A server that the worker's operator configured.
  var trustedOrigin: String?
  /// An object store names another place where a bucket is in another region, which its signature
  /// does not fit.
  var followsRedirects = true
  private let connections = WebConnections()

  init(
    policy: FetchPolicy, source: String, credential: Credential = .none,
    trustedOrigin: String? = nil, followsRedirects: Bool = true
  ) {
    self.policy = policy
    self.source = source
    self.credential = credential
    self.trustedOrigin = trustedOrigin
    self.followsRedirects = followsRedirects
  }

  /// Follows redirects to the last reply.
  /// - Parameter receive: Takes the body of the reply that is neither redirect nor refusal.
  /// - Throws: `SourceError` for what the policy forbids; `WebTransfer.Failure`; what the closures
  ///   throw.
  func get(
    _ address: URL, headers: [String] = [], receive: WebTransfer.Receiver, check: () throws -> Void
  ) throws -> WebTransfer.Reply {
    var url = address
    for _ in 0...max(0, policy.maximumRedirects) {
      let reply = try getOnce(url, headers: headers, receive: receive, check: check)
      guard (300..<400).contains(reply.status), reply.status != 304, followsRedirects else {
        return reply
      }
      guard let redirect = reply.redirect, let next = URL(string: redirect) else {
        throw failure(
          "the server redirects to nowhere (status \(reply.status))", "check the address")
      }
      if url.scheme == "https", next.scheme != "https", !isTrusted(next) {
        throw failure(
          "it redirects from https: to \(next.scheme ?? "nothing"):",
          "name an address that stays encrypted")
      }
      url = next
    }
    throw failure("it redirects more than \(policy.maximumRedirects) times", "check the address")
  }

  private func getOnce(
    _ url: URL, headers: [String], receive: WebTransfer.Receiver, check: () throws -> Void
  ) throws -> WebTransfer.Reply {
    let (scheme, host) = try requireAllowed(url)
    let isTrusted = isTrusted(url)
    var request = WebTransfer.Request(
      url: url.absoluteString, headers: headers,
      allowsPrivateAddresses: isTrusted || policy.allowsPrivateAddresses,
      certificateAuthority: policy.certificateAuthority,
      connectTimeoutSeconds: policy.connectTimeoutSeconds, stallSeconds: policy.stallSeconds,
      minimumBytesPerSecond: policy.minimumBytesPerSecond)
    request.requiresPrivateAddresses =
      scheme == "http" && !isTrusted && !policy.allowsPlainHTTP && policy.allowsPrivateAddresses
    if isTrusted { authorize(&request) }
    do {
      return try WebTransfer.perform(request, over: connections, receive: receive, check: check)
    } catch WebTransfer.Failure.privateAddress(let address) {
      throw privateAddress(host, address)
    } catch WebTransfer.Failure.publicAddress {
      throw plainHTTP(host)
    } catch WebTransfer.Failure.untrusted(let reason) {
      throw failure(
        "\(host) cannot be trusted: \(reason)",
        "if its authority is your own, name its certificate (PEM) with --ca-file or CURL_CA_BUNDLE")
    }
  }

  private func requireAllowed(_ url: URL) throws -> (scheme: String, host: String) {
    guard let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = url.host(), !host.isEmpty
    else {
      throw failure("it leads to an address that is neither http: nor https:", "check it")
    }
    guard policy.allows(url) else {
      throw failure(
        "\(host) is not among the hosts that this worker may ask"
          + " (\((policy.allowedHosts ?? []).joined(separator: ", ")))",
        "use one of these, or start the worker with --allow-host \(host)")
    }
    if isTrusted(url) { return (scheme, host) }
    // What `hf:` and `s3:` sources lead to is web, whatever else may be named.
    guard policy.allowedSchemes.contains(scheme) || trustedOrigin != nil else {
      throw failure(
        "this worker fetches no \(scheme): addresses",
        "use one of \(policy.allowedSchemes.sorted().joined(separator: ", "))")
    }
    guard scheme == "https" || policy.allowsPlainHTTP || policy.allowsPrivateAddresses else {
      if host == "localhost" || nnlut_address_is_private(host) == 1 {
        throw privateAddress(host, host)
      }
      throw plainHTTP(host)
    }
    return (scheme, host)
  }

  private func privateAddress(_ host: String, _ address: String) -> SourceError {
    failure(
      "\(host == address ? host : "\(host) is \(address), which") is a private address",
      "use a public one, or allow it with --allow-private-addresses or NNLUT_ALLOW_PRIVATE_ADDRESSES=1"
    )
  }

  private func plainHTTP(_ host: String) -> SourceError {
    failure(
      "plain http: is allowed for private addresses only, and only with"
        + " --allow-private-addresses; \(host) is asked", "use https:")
  }

  private func authorize(_ request: inout WebTransfer.Request) {
    switch credential {
    case .none: break
    case .bearer(let token):
      // A line break would end the header and begin another.
      let clean = String(token.unicodeScalars.filter { $0.value > 32 && $0.value < 127 })
      request.headers.append("Authorization: Bearer \(clean)")
    case .signature(let credentials, let region):
      request.signature = .init(region: region, credentials: credentials)
      // The digest of no body, which is signed too.
      request.headers.append(
        "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
      if let token = credentials.sessionToken {
        request.headers.append("x-amz-security-token: \(token)")
      }
    }
  }

  func failure(_ problem: String, _ remedy: String, isRetryable: Bool = false) -> SourceError {
    SourceError(source: source, problem: problem, remedy: remedy, isRetryable: isRetryable)
  }

  private func isTrusted(_ url: URL) -> Bool {
    trustedOrigin != nil && Self.origin(of: url) == trustedOrigin
  }

  static func origin(of url: URL) -> String {
    let scheme = url.scheme?.lowercased() ?? ""
    let port = url.port ?? (scheme == "https" ? 443 : 80)
    return "\(scheme)://\(url.host()?.lowercased() ?? ""):\(port)"
  }
}
