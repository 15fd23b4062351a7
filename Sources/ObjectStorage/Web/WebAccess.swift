import Foundation

/// Requests to the web under a policy: which schemes and addresses, how many redirects, and that a
/// credential goes to its own host only.
struct WebAccess {
  var policy: FetchPolicy
  /// The source, for messages.
  var source: String
  /// Sent as a bearer token to `trustedOrigin` only; secret.
  var token: String?
  /// A server that the worker's operator configured.
  var trustedOrigin: String?

  /// Follows redirects to the last reply.
  /// - Parameter receive: Takes the body of the reply that is no redirect.
  /// - Throws: `SourceError` for what the policy forbids; `WebTransfer.Failure`; what the closures
  ///   throw.
  func get(
    _ address: URL, headers: [String] = [], receive: WebTransfer.Receiver, check: () throws -> Void
  ) throws -> WebTransfer.Reply {
    var url = address
    for _ in 0...max(0, policy.maximumRedirects) {
      let reply = try getOnce(url, headers: headers, receive: receive, check: check)
      guard (300..<400).contains(reply.status), reply.status != 304 else { return reply }
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
    guard let scheme = url.scheme, ["http", "https"].contains(scheme), let host = url.host() else {
      throw failure("it leads to an address that is neither http: nor https:", "check it")
    }
    let isTrusted = isTrusted(url)
    guard scheme == "https" || isTrusted || policy.allowsPlainHTTP || Self.isLoopback(host) else {
      throw failure("plain http: is not allowed", "use https:")
    }
    var request = WebTransfer.Request(
      url: url.absoluteString, headers: headers,
      allowsPrivateAddresses: isTrusted || policy.allowsPrivateAddresses,
      connectTimeoutSeconds: policy.connectTimeoutSeconds, stallSeconds: policy.stallSeconds)
    if isTrusted, let token {
      // A line break would end the header and begin another.
      let clean = String(token.unicodeScalars.filter { $0.value > 32 && $0.value < 127 })
      request.headers.append("Authorization: Bearer \(clean)")
    }
    do {
      return try WebTransfer.perform(
        request,
        receive: { reply, bytes in
          guard !(300..<400).contains(reply.status) else { return }
          try receive(reply, bytes)
        }, check: check)
    } catch WebTransfer.Failure.privateAddress(let address) {
      throw failure(
        "\(host) is \(address), which is a private address",
        "use a public one, or start the worker with --allow-private-addresses")
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

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
  }
}
