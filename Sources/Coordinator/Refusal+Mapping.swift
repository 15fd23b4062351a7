import Hummingbird
import JobStore
import Jobs
import Logging
import Postgres

extension Refusal {
  /// What a client may know of `error`; what it may not know goes into the log.
  init(mapping error: any Error, source: RequestSource) {
    switch error {
    case let refusal as Refusal:
      self = refusal
    case let error as JobStoreError:
      self.init(
        .standard(error.status), error.code, error.description,
        headers: error.status == 503 ? ["Retry-After": "5"] : [:])
    case let error as JobFileError:
      self.init(.badRequest, "invalid-job", error.description)
    case let error as PostgresError where error.isUnstorableText:
      self = .invalid("a text holds a character that cannot be stored (U+0000): leave it out")
    case let error where error.isPassing:
      source.logger.warning("database unavailable", metadata: ["error": "\(error)"])
      self = .unavailable("the database is not available now: try again")
    case is CancellationError:
      self = .unavailable("the coordinator is shutting down: try again")
    default:
      source.logger.error("request failed", metadata: ["error": "\(error)"])
      self.init(
        .internalServerError, "internal-error",
        "the coordinator failed; its log says why under request \(source.requestID)")
    }
  }
}

extension Error {
  /// The database is away, out of resources or too contended: the same may succeed later.
  var isPassing: Bool {
    guard let error = self as? PostgresError else { return false }
    return error.isUnavailable || error.isSerializationFailure
      || error.sqlState?.hasPrefix("53") == true
  }
}

extension PostgresError {
  fileprivate var isUnstorableText: Bool { sqlState == "22021" || sqlState == "22P05" }
}
