import Foundation

extension WebAccess {
  /// A small document in memory.
  /// - Throws: `SourceError`; what `check` throws.
  func document(_ url: URL, maximumBytes: Int, check: () throws -> Void) throws -> Data {
    var tries = 0
    while true {
      tries += 1
      var body = Data()
      do {
        let reply = try get(
          url, headers: ["Accept: application/json"],
          receive: { _, bytes in
            guard body.count + bytes.count <= maximumBytes else {
              throw failure(
                "the server's answer is longer than \(maximumBytes) bytes", "check the address")
            }
            body.append(contentsOf: bytes)
          }, check: check)
        if reply.status == 200 { return body }
        guard isPassing(reply.status), tries < policy.maximumTries else { throw refusal(reply) }
      } catch let error as WebTransfer.Failure {
        guard error.mayPass, tries < policy.maximumTries else { throw unreachable(error) }
      }
      try pause(after: tries, check: check)
    }
  }

  /// Whether a status may change by itself.
  func isPassing(_ status: Int) -> Bool { status == 429 || status >= 500 }

  func refusal(_ reply: WebTransfer.Reply) -> SourceError {
    if source.hasPrefix("s3:") { return bucketRefusal(reply) }
    // The hub says why in a header.
    let reason = reply.headers["x-error-message"].map { ": \(Self.line($0))" } ?? ""
    switch reply.status {
    case 401, 403:
      return failure(
        "the server refuses access (status \(reply.status)\(reason))",
        source.hasPrefix("hf:")
          ? "check the name; for a private or gated repository set HF_TOKEN for the worker"
          : "use an address that needs no login, for example a presigned one")
    case 404, 410:
      return failure(
        "the server has nothing there (status \(reply.status)\(reason))", "check the address")
    default:
      return failure(
        "the server answers with status \(reply.status)\(reason)",
        isPassing(reply.status) ? "try again later" : "check the address",
        isRetryable: isPassing(reply.status))
    }
  }

  /// What another machine says, in one line of limited length.
  static func line(_ text: some StringProtocol) -> String {
    String(
      text.unicodeScalars.prefix(300).map { $0.value < 32 || $0.value == 127 ? " " : Character($0) }
    )
  }

  func unreachable(_ error: WebTransfer.Failure) -> SourceError {
    switch error {
    case .broken(let reason), .stalled(let reason):
      failure(
        "the server cannot be reached: \(reason)", "check the address and the network",
        isRetryable: true)
    case .privateAddress(let address):
      failure("\(address) is a private address", "use a public one")
    case .publicAddress(let address):
      failure("\(address) is asked over plain http:", "use https:")
    case .untrusted(let reason):
      failure("the server cannot be trusted: \(reason)", "check its certificate")
    case .final(let reason):
      failure("the transfer is not possible: \(reason)", "check the address")
    }
  }

  /// Waits before another try, in pieces, so that `check` can end it.
  /// - Parameter tries: How many have failed in a row, at least 1.
  func pause(after tries: Int, check: () throws -> Void) throws {
    let doubled = policy.retryDelaySeconds * Double(1 << min(max(tries, 1) - 1, 10))
    let end = ContinuousClock.now + .seconds(min(doubled, 15) * Double.random(in: 0.5...1))
    while ContinuousClock.now < end {
      try check()
      let left = end - .now
      if left > .zero { Thread.sleep(forTimeInterval: min(0.1, left / .seconds(1))) }
    }
  }
}

extension WebTransfer.Failure {
  /// Whether another try may help.
  var mayPass: Bool {
    switch self {
    case .broken, .stalled: true
    default: false
    }
  }
}
