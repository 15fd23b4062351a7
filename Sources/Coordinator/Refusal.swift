import Hummingbird
import Jobs

/// An error reply: a problem (RFC 9457) and the header fields that go with its status.
struct Refusal: Error {
  var problem: Problem
  var headers: [String: String]

  init(
    _ status: HTTPResponse.Status, _ type: String, _ detail: String, headers: [String: String] = [:]
  ) {
    problem = Problem(
      type: type, title: status.reasonPhrase, status: status.code, detail: detail)
    self.headers = headers
  }

  /// Too many requests; `wait` is how long until there may be one more.
  static func tooMany(_ wait: Duration) -> Refusal {
    let seconds = max(1, Int(wait.inSeconds.rounded(.up)))
    var refusal = Refusal(
      .tooManyRequests, "too-many-requests",
      "more requests than this coordinator takes: try again in \(seconds) s",
      headers: ["Retry-After": String(seconds)])
    refusal.problem.retryAfterSeconds = seconds
    return refusal
  }

  static func invalid(_ detail: String) -> Refusal { Refusal(.badRequest, "bad-request", detail) }

  static func tooLarge(_ limit: Int, what: String) -> Refusal {
    Refusal(
      .contentTooLarge, "too-large",
      "\(what) is larger than the \(limit) bytes this coordinator takes")
  }

  /// - Parameter detail: What is wrong with the token, never the token.
  static func unauthenticated(_ detail: String) -> Refusal {
    Refusal(
      .unauthorized, "unauthorized", detail, headers: ["WWW-Authenticate": "Bearer realm=\"nnlut\""]
    )
  }

  static func unavailable(_ detail: String) -> Refusal {
    Refusal(.serviceUnavailable, "unavailable", detail, headers: ["Retry-After": "1"])
  }
}

extension HTTPResponse.Status {
  /// The status of this code with its usual phrase, which `init(code:)` leaves empty.
  static func standard(_ code: Int) -> HTTPResponse.Status {
    let known: [HTTPResponse.Status] = [
      .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed, .conflict,
      .contentTooLarge, .preconditionFailed, .requestTimeout, .unsupportedMediaType,
      .tooManyRequests, .requestHeaderFieldsTooLarge, .internalServerError, .serviceUnavailable,
    ]
    return known.first { $0.code == code } ?? HTTPResponse.Status(code: code)
  }
}
