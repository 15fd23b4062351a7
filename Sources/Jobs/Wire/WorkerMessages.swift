import Artifacts
import Foundation

// What a worker and a coordinator say to each other. JSON; dates are ISO 8601, bytes base64.

/// One try at a computation; `attempt` is the fencing token.
public struct AttemptID: Hashable, Codable, Sendable {
  public var computation: Int64
  public var attempt: Int32

  public init(computation: Int64, attempt: Int32) {
    self.computation = computation
    self.attempt = attempt
  }
}

/// `POST /v1/sessions`: a worker process begins.
public struct SessionRequest: Codable, Sendable {
  /// New for every process start.
  public var session: UUID
  /// Host name and process id, for people.
  public var worker: String
  public var pool: String
  public var slots: Int
  /// Code versions by kind; only these are handed out.
  public var kinds: [TaskKind: Int]
  /// The BLAS kernel class that this process is pinned to.
  public var kernelClass: String
  public var version: String
  /// What it offers beside, as ``TaskRequirement/labels``; nil from an older worker.
  public var labels: [String]?
  /// Memory for each of its slots; nil: not told.
  public var memoryMiB: Int?
  /// Build and class of its matrix kernels, as ``Resolution/kernels``; nil from an older worker,
  /// which is given any and finds out itself.
  public var kernels: String?

  public init(
    session: UUID, worker: String, pool: String, slots: Int, kinds: [TaskKind: Int],
    kernelClass: String, version: String, labels: [String]? = nil, memoryMiB: Int? = nil,
    kernels: String? = nil
  ) {
    self.labels = labels
    self.memoryMiB = memoryMiB
    self.kernels = kernels
    self.session = session
    self.worker = worker
    self.pool = pool
    self.slots = slots
    self.kinds = kinds
    self.kernelClass = kernelClass
    self.version = version
  }
}

public struct SessionReply: Codable, Sendable {
  /// Seconds a heartbeat may stay open.
  public var heartbeatSeconds: Double
  /// A session silent for this long loses its leases.
  public var leaseSeconds: Double

  public init(heartbeatSeconds: Double, leaseSeconds: Double) {
    self.heartbeatSeconds = heartbeatSeconds
    self.leaseSeconds = leaseSeconds
  }
}

/// `POST /v1/sessions/{session}/claim`: a long poll for work.
public struct ClaimRequest: Codable, Sendable {
  /// `1...100`.
  public var limit: Int
  /// Seconds to wait when nothing is ready, `0...30`.
  public var waitSeconds: Double

  public init(limit: Int, waitSeconds: Double) {
    self.limit = limit
    self.waitSeconds = waitSeconds
  }
}

public struct ClaimReply: Codable, Sendable {
  public var tasks: [ClaimedTask]

  public init(tasks: [ClaimedTask]) { self.tasks = tasks }
}

/// Work, with all a worker needs to do it.
public struct ClaimedTask: Codable, Sendable {
  public var id: AttemptID
  /// A job that wants it, and the task's name there, for people.
  public var job: UUID
  public var name: String
  public var parameters: TaskParameters
  /// Input name → digest of the result (a blob).
  public var inputs: [String: ContentDigest]
  public var sources: [ContentDigest: String]
  /// It was with others in a process that died: the worker lets what runs end, and runs nothing
  /// beside it.
  public var runsAlone: Bool { isSuspect ?? false }
  /// Nil from an older coordinator.
  private var isSuspect: Bool?

  public init(
    id: AttemptID, job: UUID, name: String, parameters: TaskParameters,
    inputs: [String: ContentDigest], sources: [ContentDigest: String], runsAlone: Bool = false
  ) {
    isSuspect = runsAlone ? true : nil
    self.id = id
    self.job = job
    self.name = name
    self.parameters = parameters
    self.inputs = inputs
    self.sources = sources
  }
}

/// `POST /v1/sessions/{session}/heartbeat`: answered at once when there is something to say,
/// otherwise after `waitSeconds`.
public struct HeartbeatRequest: Codable, Sendable {
  public var running: [Running]
  /// `0...30`.
  public var waitSeconds: Double

  public struct Running: Codable, Sendable {
    public var id: AttemptID
    /// `0...1`.
    public var progress: Double

    public init(id: AttemptID, progress: Double) {
      self.id = id
      self.progress = progress
    }
  }

  public init(running: [Running], waitSeconds: Double) {
    self.running = running
    self.waitSeconds = waitSeconds
  }
}

public struct HeartbeatReply: Codable, Sendable {
  /// Attempts that are no longer this session's: drop the work.
  public var lost: [AttemptID]
  /// The worker should take no more work and end when it has none.
  public var drain: Bool
  /// The session is unknown or expired: begin a new one.
  public var expired: Bool

  public init(lost: [AttemptID], drain: Bool, expired: Bool) {
    self.lost = lost
    self.drain = drain
    self.expired = expired
  }
}

/// `POST /v1/sessions/{session}/complete`.
public struct CompleteRequest: Codable, Sendable {
  public var completions: [Completion]

  public struct Completion: Codable, Sendable {
    public var id: AttemptID
    public var result: ContentDigest
    /// The result itself when it has at most 64 KiB; larger ones are uploaded as blobs before.
    public var inline: Data?

    public init(id: AttemptID, result: ContentDigest, inline: Data?) {
      self.id = id
      self.result = result
      self.inline = inline
    }
  }

  public init(completions: [Completion]) { self.completions = completions }
}

/// `POST /v1/sessions/{session}/fail`.
public struct FailRequest: Codable, Sendable {
  public var id: AttemptID
  public var failure: TaskFailure

  public init(id: AttemptID, failure: TaskFailure) {
    self.id = id
    self.failure = failure
  }
}

/// Why a task failed.
public struct TaskFailure: Hashable, Codable, Sendable, Error, CustomStringConvertible {
  /// Short and stable, for example `bad-input`, `no-variant-qualifies`, `crashed`.
  public var code: String
  /// What was wrong, where, and what to do.
  public var message: String
  /// Whether another try may help.
  public var isRetryable: Bool

  public init(code: String, message: String, isRetryable: Bool) {
    self.code = code
    self.message = message
    self.isRetryable = isRetryable
  }

  public var description: String { message }
}

/// `POST /v1/sessions/{session}/release`: leases given back unharmed (drain); not counted as tries.
public struct ReleaseRequest: Codable, Sendable {
  public var released: [AttemptID]

  public init(released: [AttemptID]) { self.released = released }
}

/// The reply to complete, fail and release: what was refused because it is no longer this
/// session's. Repeating a complete with the same attempt and digest is accepted.
public struct FencedReply: Codable, Sendable {
  public var refused: [AttemptID]

  public init(refused: [AttemptID]) { self.refused = refused }
}
