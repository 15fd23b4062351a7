import Artifacts
import Foundation

/// `GET /v1/jobs` and `GET /v1/jobs/{job}`.
public struct JobStatus: Hashable, Codable, Sendable {
  public var id: UUID
  public var name: String
  public var state: JobState
  public var createdAt: Date
  public var finishedAt: Date?
  /// Progress by kind, in plan order; kinds without a task are left out.
  public var kinds: [KindProgress]
  public var failure: TaskFailure?
  /// What it published.
  public var artifact: ArtifactReference?
  /// Workers' slots alive now, for an estimate of the time left.
  public var slots: Int

  public init(
    id: UUID, name: String, state: JobState, createdAt: Date, finishedAt: Date?,
    kinds: [KindProgress], failure: TaskFailure?, artifact: ArtifactReference?, slots: Int
  ) {
    self.id = id
    self.name = name
    self.state = state
    self.createdAt = createdAt
    self.finishedAt = finishedAt
    self.kinds = kinds
    self.failure = failure
    self.artifact = artifact
    self.slots = slots
  }
}

public struct KindProgress: Hashable, Codable, Sendable {
  public var kind: TaskKind
  public var total: Int
  public var running: Int
  public var succeeded: Int
  public var failed: Int
  public var cancelled: Int
  /// Of the succeeded, those whose computation an earlier job or task had already done.
  public var reused: Int
  /// Sum of the running tasks' progress, each in `0...1`.
  public var runningProgress: Double
  /// Mean run time of those that ran, seconds.
  public var meanSeconds: Double?

  public init(
    kind: TaskKind, total: Int, running: Int, succeeded: Int, failed: Int, cancelled: Int,
    reused: Int, runningProgress: Double, meanSeconds: Double?
  ) {
    self.kind = kind
    self.total = total
    self.running = running
    self.succeeded = succeeded
    self.failed = failed
    self.cancelled = cancelled
    self.reused = reused
    self.runningProgress = runningProgress
    self.meanSeconds = meanSeconds
  }
}

public struct ArtifactReference: Hashable, Codable, Sendable {
  public var name: String
  public var version: Int
  public var digest: ContentDigest

  public init(name: String, version: Int, digest: ContentDigest) {
    self.name = name
    self.version = version
    self.digest = digest
  }
}

/// `GET /v1/jobs/{job}/tasks`.
public struct TaskStatus: Hashable, Codable, Sendable {
  public var name: String
  public var kind: TaskKind
  public var state: TaskState
  public var attempt: Int32
  public var worker: String?
  public var isReused: Bool
  public var result: ContentDigest?
  public var failure: TaskFailure?
  public var startedAt: Date?
  public var finishedAt: Date?

  public init(
    name: String, kind: TaskKind, state: TaskState, attempt: Int32, worker: String?,
    isReused: Bool, result: ContentDigest?, failure: TaskFailure?, startedAt: Date?,
    finishedAt: Date?
  ) {
    self.name = name
    self.kind = kind
    self.state = state
    self.attempt = attempt
    self.worker = worker
    self.isReused = isReused
    self.result = result
    self.failure = failure
    self.startedAt = startedAt
    self.finishedAt = finishedAt
  }
}

/// One line of a job's history: `GET /v1/jobs/{job}/events` (server-sent events; `id` resumes).
public struct JobEvent: Hashable, Codable, Sendable {
  public var id: Int64
  public var at: Date
  /// `submitted`, `planned`, `started`, `succeeded`, `failed`, `retried`, `rescued`, `cancelled`, `published`,
  /// `job-succeeded`, …
  public var event: String
  /// The task's name, where it is about one.
  public var task: String?
  public var message: String

  public init(id: Int64, at: Date, event: String, task: String?, message: String) {
    self.id = id
    self.at = at
    self.event = event
    self.task = task
    self.message = message
  }
}

/// One page of a listing; `next` goes into `?after=`.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
  public var items: [Item]
  public var next: String?

  public init(items: [Item], next: String?) {
    self.items = items
    self.next = next
  }
}

/// `GET /v1/workers`.
public struct WorkerStatus: Hashable, Codable, Sendable {
  public var session: UUID
  public var worker: String
  public var pool: String
  public var slots: Int
  public var running: [String]
  public var isDraining: Bool
  public var version: String
  public var kernelClass: String
  public var startedAt: Date
  public var seenAt: Date

  public init(
    session: UUID, worker: String, pool: String, slots: Int, running: [String], isDraining: Bool,
    version: String, kernelClass: String, startedAt: Date, seenAt: Date
  ) {
    self.session = session
    self.worker = worker
    self.pool = pool
    self.slots = slots
    self.running = running
    self.isDraining = isDraining
    self.version = version
    self.kernelClass = kernelClass
    self.startedAt = startedAt
    self.seenAt = seenAt
  }
}

/// `GET` and `PUT /v1/pools/{pool}`: how many worker processes a supervisor should keep.
public struct PoolSize: Hashable, Codable, Sendable {
  public var pool: String
  /// `0...1000`.
  public var desired: Int

  public init(pool: String, desired: Int) {
    self.pool = pool
    self.desired = desired
  }
}

/// `GET /v1/artifacts/{name}/versions/{reference}` (reference: number, alias or digest) and the
/// items of `GET /v1/artifacts` and `GET /v1/artifacts/{name}/versions`.
public struct ArtifactVersion: Hashable, Codable, Sendable {
  public var name: String
  public var version: Int
  public var digest: ContentDigest
  public var aliases: [String]
  public var files: [ArtifactFile]
  /// The job that published it first.
  public var job: UUID?
  public var createdAt: Date

  public init(
    name: String, version: Int, digest: ContentDigest, aliases: [String], files: [ArtifactFile],
    job: UUID?, createdAt: Date
  ) {
    self.name = name
    self.version = version
    self.digest = digest
    self.aliases = aliases
    self.files = files
    self.job = job
    self.createdAt = createdAt
  }
}

/// The body of every error reply (RFC 9457; `type` is a reference relative to the request), `application/problem+json`.
public struct Problem: Hashable, Codable, Sendable, Error {
  /// Short and stable, for example `unknown-job`.
  public var type: String
  public var title: String
  public var status: Int
  /// What was wrong, where, and what to do.
  public var detail: String
  /// The request's `X-Request-Id`, as the coordinator's log has it.
  public var requestId: String?
  /// Seconds after which the same request may succeed, where that is known (`Retry-After`).
  public var retryAfterSeconds: Int?

  public init(
    type: String, title: String, status: Int, detail: String, requestId: String? = nil,
    retryAfterSeconds: Int? = nil
  ) {
    self.type = type
    self.title = title
    self.status = status
    self.detail = detail
    self.requestId = requestId
    self.retryAfterSeconds = retryAfterSeconds
  }
}

/// What a token may do; `admin` may do all.
public enum Role: String, Codable, CaseIterable, Sendable {
  case admin, submit, work, read
}
