import Artifacts
import Foundation
import Jobs

/// A request that the store refuses. The text says what was wrong and what to do; the store is as
/// it was before.
public enum JobStoreError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownJob(String)
  case ambiguousJob(String, candidates: [UUID])
  /// The key was used by the same token with another body.
  case idempotencyConflict(key: String, job: UUID)
  /// `retry` of a job that has neither failed nor was cancelled.
  case jobNotRetryable(UUID, JobState)
  /// `retry` of a job whose history is being removed.
  case jobPruned(UUID)
  case unknownSession(UUID)
  /// Completed, or named as an artifact's file, without having been stored.
  case blobMissing(ContentDigest)
  case unknownBlob(ContentDigest)
  /// The bytes that came have another digest than the one they were announced under.
  case digestMismatch(announced: ContentDigest, found: ContentDigest)
  case blobTooLarge(ContentDigest, limit: Int)
  case unknownWorker(String)
  case ambiguousWorker(String, candidates: [UUID])
  case unknownArtifact(String)
  case unknownArtifactVersion(name: String, reference: String)
  case unknownToken(String)
  case tokenExists(String)
  /// `used` of `limit` are taken; nothing was taken in.
  case quotaExceeded(token: String, quota: Quota, limit: Int64, used: Int64)
  /// A condition (`If-Match`, `If-None-Match`) does not hold: `current` does.
  case conditionFailed(current: String)
  case invalid(String)
  /// The database's schema and this program do not go together.
  case schema(String)

  /// Short and stable, for `Problem.type`.
  public var code: String {
    switch self {
    case .unknownJob: "unknown-job"
    case .ambiguousJob: "ambiguous-job"
    case .idempotencyConflict: "idempotency-conflict"
    case .jobNotRetryable: "job-not-retryable"
    case .jobPruned: "job-pruned"
    case .unknownSession: "unknown-session"
    case .blobMissing: "blob-missing"
    case .unknownBlob: "unknown-blob"
    case .digestMismatch: "digest-mismatch"
    case .blobTooLarge: "too-large"
    case .unknownWorker: "unknown-worker"
    case .ambiguousWorker: "ambiguous-worker"
    case .unknownArtifact: "unknown-artifact"
    case .unknownArtifactVersion: "unknown-artifact-version"
    case .unknownToken: "unknown-token"
    case .tokenExists: "token-exists"
    case .quotaExceeded: "quota-exceeded"
    case .conditionFailed: "condition-failed"
    case .invalid: "bad-request"
    case .schema: "schema"
    }
  }

  /// The HTTP status that says the same.
  public var status: Int {
    switch self {
    case .unknownJob, .unknownSession, .unknownBlob, .unknownWorker, .unknownArtifact,
      .unknownArtifactVersion, .unknownToken:
      404
    case .ambiguousJob, .ambiguousWorker, .idempotencyConflict, .jobNotRetryable, .jobPruned,
      .blobMissing, .tokenExists, .quotaExceeded:
      409
    case .conditionFailed: 412
    case .digestMismatch, .invalid: 400
    case .blobTooLarge: 413
    case .schema: 503
    }
  }

  public var description: String {
    switch self {
    case .unknownJob(let text):
      "there is no job '\(text.prefix(80))': give its id, the first 4 or more characters of it, or "
        + "its name; `nnlut jobs` lists them"
    case .ambiguousJob(let text, let candidates):
      "'\(text)' begins the ids of several jobs (\(Self.list(candidates))): give more characters"
    case .idempotencyConflict(let key, let job):
      "the idempotency key '\(key)' was used for job \(job.uuidString.lowercased()) with another "
        + "specification: use a new key, or send the same specification"
    case .jobNotRetryable(let job, let state):
      "job \(job.uuidString.lowercased()) is \(state.rawValue): only a failed or cancelled job can "
        + "be retried"
    case .jobPruned(let job):
      "job \(job.uuidString.lowercased()) is past its retention and is being removed: submit it "
        + "again"
    case .unknownSession(let session):
      "session \(session.uuidString.lowercased()) is unknown or has expired: begin a new one"
    case .blobMissing(let digest):
      "\(digest) is not stored: upload it first (PUT /v1/blobs/\(digest))"
    case .unknownBlob(let digest): "\(digest) is not stored; it may have been pruned"
    case .digestMismatch(let announced, let found):
      "the bytes are \(found), announced was \(announced): send them again"
    case .blobTooLarge(let digest, let limit):
      "\(digest) is larger than the \(limit) bytes that one blob may have"
    case .unknownWorker(let text):
      "there is no worker '\(text.prefix(80))': give its name or the first 4 or more characters of "
        + "its session; `nnlut workers` lists them"
    case .ambiguousWorker(let text, let candidates):
      "'\(text)' means several workers (\(Self.list(candidates))): give more characters of one's "
        + "session"
    case .unknownArtifact(let name):
      "there is no artifact '\(name.prefix(80))': `nnlut artifact list` shows those there are"
    case .unknownArtifactVersion(let name, let reference):
      "artifact '\(name)' has no version '\(reference.prefix(80))': give a number, an alias or "
        + "sha256:…; `nnlut artifact list \(name)` shows them"
    case .unknownToken(let name):
      "there is no token '\(name.prefix(80))': `nnlut token list` shows those there are"
    case .tokenExists(let name):
      "a token '\(name)' exists: revoke it first, or choose another name"
    case .quotaExceeded(let token, let quota, let limit, let used):
      "the token '\(token)' may have \(limit) \(quota.rawValue) and has \(used): wait until some of "
        + "them end, cancel some, or ask an administrator for more (nnlut token quota)"
    case .conditionFailed(let current):
      "it was changed meanwhile (now \(current)): look at it again, then decide"
    case .invalid(let problem): problem
    case .schema(let problem): problem
    }
  }

  private static func list(_ ids: [UUID]) -> String {
    ids.prefix(5).map { $0.uuidString.lowercased() }.joined(separator: ", ")
  }
}
