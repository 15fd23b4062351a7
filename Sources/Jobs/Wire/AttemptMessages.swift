import Foundation

// What is told about attempts that gave no result.

/// `POST /v1/sessions/{session}/crashed`: the session's process is gone, and this is what was seen of
/// its end. Its leases come back at once and count as crashed.
public struct CrashReport: Hashable, Codable, Sendable {
  /// What the process died of, for example `SIGSEGV`; at most 40 characters.
  public var signal: String
  /// The last lines that it wrote; the end of it is kept, ``longestLog`` bytes.
  public var log: String

  /// Bytes.
  public static let longestLog = 8 << 10

  public init(signal: String, log: String) {
    self.signal = signal
    self.log = log
  }
}

/// One try at a task that gave no result, and how it ended: items of `GET /v1/jobs/{job}/attempts`.
public struct TaskAttempt: Hashable, Codable, Sendable {
  /// The task's name.
  public var task: String
  public var attempt: Int32
  /// Host name and process id of the worker that had it.
  public var worker: String?
  public var outcome: AttemptOutcome
  /// Whether it counted against the number of tries that the task's kind has; nil where an older
  /// coordinator wrote the line.
  public var isCounted: Bool?
  /// What the worker reported.
  public var failure: TaskFailure?
  /// What the worker died of, where that was seen.
  public var signal: String?
  /// The last lines that the worker wrote before it died.
  public var log: String?
  public var startedAt: Date?
  public var endedAt: Date

  public init(
    task: String, attempt: Int32, worker: String?, outcome: AttemptOutcome, isCounted: Bool?,
    failure: TaskFailure?, signal: String?, log: String?, startedAt: Date?, endedAt: Date
  ) {
    self.task = task
    self.attempt = attempt
    self.worker = worker
    self.outcome = outcome
    self.isCounted = isCounted
    self.failure = failure
    self.signal = signal
    self.log = log
    self.startedAt = startedAt
    self.endedAt = endedAt
  }
}
