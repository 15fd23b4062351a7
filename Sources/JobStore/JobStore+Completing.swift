import Artifacts
import Foundation
import Jobs
import Postgres

/// What one session says that it has done.
public struct SessionCompletions: Sendable {
  public var session: UUID
  public var completions: [CompleteRequest.Completion]

  public init(session: UUID, completions: [CompleteRequest.Completion]) {
    self.session = session
    self.completions = completions
  }
}

extension JobStore {
  /// A result of at most this many bytes may come with the completion.
  public static let inlineLimit = 64 << 10

  /// Takes results: of each attempt that is still this session's, once. Everything that follows from
  /// them happens in the same transaction: tasks of all jobs that wait, their children, the plan
  /// after a `resolve`, the artifact version after a `publish`, the ends of jobs.
  ///
  /// - Returns: What is no longer this session's. Repeating a completion is accepted.
  /// - Throws: ``JobStoreError/blobMissing(_:)`` when a result was neither uploaded nor came along,
  ///   ``JobStoreError/digestMismatch(announced:found:)``, ``JobStoreError/invalid(_:)``.
  public func complete(session: UUID, _ completions: [CompleteRequest.Completion]) async throws
    -> FencedReply
  {
    let requests = [SessionCompletions(session: session, completions: completions)]
    return try await complete(requests).first ?? FencedReply(refused: [])
  }

  /// Takes the results of several sessions in one transaction, which is committed once; all or none.
  /// - Returns: A reply for each request, in their order.
  /// - Throws: As ``complete(session:_:)``, whichever request it is for.
  public func complete(_ requests: [SessionCompletions]) async throws -> [FencedReply] {
    for completion in requests.flatMap(\.completions) {
      guard let inline = completion.inline else { continue }
      guard inline.count <= Self.inlineLimit else {
        throw JobStoreError.invalid(
          "an inline result has \(inline.count) bytes, at most \(Self.inlineLimit) are taken: "
            + "upload it as a blob first")
      }
      let found = ContentDigest(of: inline)
      guard found == completion.result else {
        throw JobStoreError.digestMismatch(announced: completion.result, found: found)
      }
    }
    return try await write { writer in try await writer.complete(requests) }
  }

  /// Reports that an attempt failed. With tries left, and when another may help, it is ready again
  /// after a pause; otherwise its tasks and their jobs fail.
  /// - Returns: The attempt, when it is no longer this session's.
  public func fail(session: UUID, _ request: FailRequest) async throws -> FencedReply {
    var failure = request.failure
    failure.code = String(failure.code.prefix(100)).storable
    failure.message = String(failure.message.prefix(10_000)).storable
    let reported = failure
    return try await write { writer in
      let ids = [request.id.computation]
      try await writer.lockJobs(ofComputations: ids)
      let locked = try await writer.lockComputations(ids)
      guard let computation = locked[request.id.computation],
        computation.isHeld(by: session, attempt: request.id.attempt)
      else { return FencedReply(refused: [request.id]) }
      // It may have failed before the claim that leased it has marked the job.
      let jobs = try await writer.connection.query(
        "SELECT DISTINCT job FROM tasks WHERE computation = $1 AND state = 'active'",
        [.int(computation.id)])
      try await writer.start(Set(try jobs.map { try $0.decode("job") }))
      try await writer.giveBack(
        [computation], .failed(isRetryable: reported.isRetryable), .init(failure: reported))
      return FencedReply(refused: [])
    }
  }
}

extension JobWriter {
  fileprivate mutating func complete(_ requests: [SessionCompletions]) async throws -> [FencedReply]
  {
    let completions = requests.flatMap(\.completions)
    // Before the jobs are locked, so that completions of one job wait for each other less.
    var small: [ContentDigest: Data] = [:]
    for completion in completions {
      small[completion.result] = completion.inline ?? small[completion.result]
    }
    try await storeSmallBlobs(small)
    let ids = completions.map(\.id.computation)
    try await lockJobs(ofComputations: ids)
    let locked = try await lockComputations(ids)
    var accepted: [Int64: CompleteRequest.Completion] = [:]
    var replies: [FencedReply] = []
    for request in requests {
      var refused: [AttemptID] = []
      for completion in request.completions {
        guard let computation = locked[completion.id.computation] else {
          refused.append(completion.id)
          continue
        }
        let isRepeated =
          computation.state == .succeeded && computation.session == request.session
          && computation.attempt == completion.id.attempt && computation.result == completion.result
        if computation.isHeld(by: request.session, attempt: completion.id.attempt) {
          accepted[computation.id] = accepted[computation.id] ?? completion
        } else if !isRepeated {
          refused.append(completion.id)
        }
      }
      replies.append(FencedReply(refused: refused))
    }
    if !accepted.isEmpty {
      try await requireBlobs(accepted.values.map(\.result).filter { small[$0] == nil })
      try await accept(accepted.values.sorted { $0.id.computation < $1.id.computation })
    }
    return replies
  }

  private mutating func accept(_ completions: [CompleteRequest.Completion]) async throws {
    let rows = try await connection.query(
      """
      WITH done AS (
        UPDATE computations c SET state = 'succeeded', result = d.result, progress = 1,
          finished_at = clock_timestamp()
        FROM unnest($1::bigint[], $2::bytea[]) AS d (id, result)
        WHERE c.id = d.id
        RETURNING c.id, c.result, c.session, c.attempt, c.virtual_start,
          c.finished_at - c.leased_at AS duration
      )
      UPDATE tasks t SET state = 'succeeded', result = done.result,
        finished_at = clock_timestamp()
      FROM done LEFT JOIN sessions s ON s.id = done.session
      WHERE t.computation = done.id AND t.state = 'active'
      RETURNING t.id, t.job, t.name, t.kind, t.result, done.attempt, s.worker, done.virtual_start,
        extract(epoch FROM done.duration)::float8 AS seconds
      """,
      [.intArray(completions.map(\.id.computation)), .digests(completions.map(\.result))])
    // A job that joined since the locks were taken.
    try await lockJobs(Set(try rows.map { try $0.decode("job") }))
    var finished: [FinishedTask] = []
    for row in rows {
      let task = FinishedTask(
        id: try row.decode("id"), job: try row.decode("job"), name: try row.decode("name"),
        kind: try row.kind("kind"), result: try row.requiredDigest("result"))
      finished.append(task)
      served[task.job] = max(served[task.job] ?? 0, try row.decode("virtual_start"))
      let worker: String? = try row.decode("worker", as: String?.self)
      let milliseconds = Int(1000 * (try row.decode("seconds", as: Double?.self) ?? 0))
      record(
        "succeeded", job: task.job, task: task.name,
        "attempt \(try row.decode("attempt", as: Int.self)) on \(worker ?? "unknown") in "
          + "\(milliseconds) ms")
    }
    try await advance(finished.sorted { $0.id < $1.id })
  }
}
