import Artifacts
import Foundation
import Jobs

// In all of these a job is named by its UUID, a unique prefix of at least four characters, or its
// name (then the newest of that name).
extension CoordinatorClient {
  /// Submits a job file.
  /// - Parameters:
  ///   - jobFile: YAML or JSON.
  ///   - idempotencyKey: The same key with the same file gives the same job; without one the
  ///     request is sent only once.
  /// - Returns: The job, and whether this request made it.
  public func submit(jobFile: Data, idempotencyKey: String?) async throws
    -> (status: JobStatus, isNew: Bool)
  {
    var request = APIRequest("POST", ["jobs"], isRepeatable: idempotencyKey != nil)
    request.headers.append(("Content-Type", "application/yaml"))
    if let idempotencyKey {
      // A line break would end the header and begin another.
      let key = String(idempotencyKey.unicodeScalars.filter { $0.value >= 32 })
      request.headers.append(("Idempotency-Key", key))
    }
    request.body = .data(jobFile)
    let reply = try await send(request)
    return (try decode(JobStatus.self, from: reply.body), reply.status == 201)
  }

  /// Whose token this is, and what of its quotas is in use.
  public func token() async throws -> TokenUse {
    try await call(APIRequest("GET", ["token"], isRepeatable: true))
  }

  /// The newest jobs.
  public func jobs(limit: Int = 100) async throws -> [JobStatus] {
    try await list(["jobs"], limit: limit)
  }

  public func job(_ job: String) async throws -> JobStatus {
    try await call(APIRequest("GET", ["jobs", job], isRepeatable: true))
  }

  public func tasks(_ job: String) async throws -> [TaskStatus] {
    try await list(["jobs", job, "tasks"])
  }

  /// Attempts that gave no result, in plan order.
  /// - Parameter limit: At most so many.
  public func attempts(_ job: String, limit: Int = 10_000) async throws -> [TaskAttempt] {
    try await list(["jobs", job, "attempts"], limit: limit)
  }

  public func specification(_ job: String) async throws -> JobSpecification {
    try await call(APIRequest("GET", ["jobs", job, "specification"], isRepeatable: true))
  }

  /// What the job has found so far; whole when the job is final.
  public func report(_ job: String) async throws -> JobReport {
    try await call(APIRequest("GET", ["jobs", job, "report"], isRepeatable: true))
  }

  /// Cancels what has not ended; the status afterwards.
  public func cancel(_ job: String) async throws -> JobStatus {
    try await call(APIRequest("POST", ["jobs", job, "cancel"], isRepeatable: true))
  }

  /// Tries again what failed or was cancelled; what succeeded is kept.
  public func retry(_ job: String) async throws -> JobStatus {
    try await call(APIRequest("POST", ["jobs", job, "retry"], isRepeatable: false))
  }
}
