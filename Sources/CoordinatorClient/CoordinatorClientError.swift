import Jobs

/// Why a request to a coordinator did not work out. None of them ever holds the token.
public enum CoordinatorClientError: Error, CustomStringConvertible {
  /// The coordinator answered with an error.
  case problem(Problem)
  /// No answer: refused, cut off, timed out, or the name is unknown.
  case unreachable(endpoint: String, reason: String)
  /// Something answered that is no coordinator, or an answer that this client does not know.
  case invalidReply(endpoint: String, reason: String)
  /// A file on this side could not be read or written.
  case localFile(path: String, reason: String)

  public var description: String {
    switch self {
    case .problem(let problem):
      problem.detail.isEmpty ? "\(problem.title) (\(problem.status))" : problem.detail
    case .unreachable(let endpoint, let reason):
      "cannot reach \(endpoint): \(reason)"
    case .invalidReply(let endpoint, let reason):
      "\(endpoint) does not answer like a coordinator: \(reason); check the address"
    case .localFile(let path, let reason):
      "\(path): \(reason)"
    }
  }

  /// Whether the same request may work a moment later: the coordinator restarts, is overloaded or
  /// cannot be reached.
  public var isTransient: Bool {
    switch self {
    case .unreachable: true
    case .problem(let problem): [429, 500, 502, 503, 504].contains(problem.status)
    case .invalidReply, .localFile: false
    }
  }

  /// The coordinator did nothing because of too many requests.
  var isRateLimited: Bool {
    if case .problem(let problem) = self { problem.status == 429 } else { false }
  }

  /// How long the coordinator asked to wait, at most a minute.
  var retryAfter: Duration {
    guard case .problem(let problem) = self else { return .zero }
    return .seconds(min(max(problem.retryAfterSeconds ?? 0, 0), 60))
  }
}
