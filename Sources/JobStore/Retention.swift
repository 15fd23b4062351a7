/// How long finished things are kept. What a published artifact's provenance needs (its files, and
/// the specification, the results in the report and the manifest of the job that made it) is kept
/// for ever.
public struct RetentionPolicy: Hashable, Sendable {
  /// From a job's end until its history goes: tasks, events, attempts and the job itself.
  public var jobSeconds: Double
  /// From the last use of a result by a job that succeeded until it goes and would have to be
  /// computed again. Results in reports, and those of jobs that can be retried, stay with their job.
  public var resultSeconds: Double
  /// Until uploads that nothing refers to, ended sessions and idempotency keys go. Longer than any
  /// upload takes.
  public var looseSeconds: Double

  public init(
    jobSeconds: Double = 90 * 86_400, resultSeconds: Double = 7 * 86_400,
    looseSeconds: Double = 86_400
  ) {
    self.jobSeconds = jobSeconds
    self.resultSeconds = resultSeconds
    self.looseSeconds = looseSeconds
  }
}

/// How many rows ``JobStore/prune(_:limit:)`` removed.
public struct PruneReport: Hashable, Sendable {
  public var jobs = 0
  public var tasks = 0
  public var events = 0
  public var computations = 0
  public var blobs = 0
  public var sessions = 0
  public var idempotencyKeys = 0

  public init() {}

  /// In a fixed order.
  public var byTable: [(table: String, rows: Int)] {
    [
      ("jobs", jobs), ("tasks", tasks), ("events", events), ("computations", computations),
      ("blobs", blobs), ("sessions", sessions), ("idempotency_keys", idempotencyKeys),
    ]
  }

  public static func += (left: inout PruneReport, right: PruneReport) {
    left.jobs += right.jobs
    left.tasks += right.tasks
    left.events += right.events
    left.computations += right.computations
    left.blobs += right.blobs
    left.sessions += right.sessions
    left.idempotencyKeys += right.idempotencyKeys
  }
}

extension RescueReport {
  public static func += (left: inout RescueReport, right: RescueReport) {
    left.expiredSessions += right.expiredSessions
    left.takenOver += right.takenOver
    left.frozen += right.frozen
    left.failed += right.failed
  }
}
