import Artifacts
import Foundation
import Jobs
import Logging
import Postgres

public struct BlobChunks: AsyncSequence, Sendable {
  public typealias Element = Data
  public struct AsyncIterator: AsyncIteratorProtocol {
    public mutating func next() async throws -> Data? { nil }
  }
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
}

extension JobStore {
  static let later = JobStoreError.invalid("not yet")
  public static func open(pool: PostgresPool, logger: Logger) async throws -> JobStore { throw later }
  @discardableResult
  public static func migrate(pool: PostgresPool, logger: Logger) async throws -> [String] { throw later }

  // Jobs. `reference`: UUID, unique prefix of >= 4 characters, or name (newest).
  public func jobID(_ reference: String) async throws -> UUID { throw Self.later }
  public func submit(_ specification: JobSpecification, idempotencyKey: String?, token: String) async throws -> (job: JobStatus, isNew: Bool) { throw Self.later }
  public func job(_ id: UUID) async throws -> JobStatus { throw Self.later }
  /// Newest first; `after` is a page's `next`.
  public func jobs(after: String?, limit: Int) async throws -> Page<JobStatus> { throw Self.later }
  public func tasks(job: UUID, after: String?, limit: Int) async throws -> Page<TaskStatus> { throw Self.later }
  public func events(job: UUID, after: Int64, limit: Int) async throws -> [JobEvent] { throw Self.later }
  public func specification(job: UUID) async throws -> JobSpecification { throw Self.later }
  @discardableResult public func cancel(job: UUID) async throws -> JobStatus { throw Self.later }
  @discardableResult public func retry(job: UUID) async throws -> JobStatus { throw Self.later }
  /// Results of a job's succeeded tasks, in plan order; nil: of all kinds.
  public func results(job: UUID, kinds: Set<TaskKind>?) async throws -> [TaskResult] { throw Self.later }

  // Workers.
  public func beginSession(_ request: SessionRequest) async throws { throw Self.later }
  public func endSession(_ session: UUID) async throws { throw Self.later }
  public func claim(session: UUID, limit: Int) async throws -> [ClaimedTask] { throw Self.later }
  /// Once per heartbeat request: records life and progress, returns what is lost.
  public func heartbeat(session: UUID, running: [HeartbeatRequest.Running]) async throws -> HeartbeatReply { throw Self.later }
  /// While a heartbeat's long poll waits: the same answer, records nothing.
  public func news(session: UUID, running: [AttemptID]) async throws -> HeartbeatReply { throw Self.later }
  public func complete(session: UUID, _ completions: [CompleteRequest.Completion]) async throws -> FencedReply { throw Self.later }
  public func fail(session: UUID, _ request: FailRequest) async throws -> FencedReply { throw Self.later }
  public func release(session: UUID, _ released: [AttemptID]) async throws -> FencedReply { throw Self.later }
  public func workers() async throws -> [WorkerStatus] { throw Self.later }
  /// `reference`: worker name, session UUID or unique prefix of >= 4 characters.
  public func drain(worker reference: String) async throws { throw Self.later }
  public func pool(_ name: String) async throws -> PoolSize? { throw Self.later }
  @discardableResult public func setPool(_ size: PoolSize) async throws -> PoolSize { throw Self.later }

  // Housekeeping.
  public func rescue(leaseSeconds: Double) async throws -> RescueReport { throw Self.later }
  public func prune(olderThan seconds: Double, limit: Int) async throws -> PruneReport { throw Self.later }
  public func statistics() async throws -> StoreStatistics { throw Self.later }
  /// Throws when the database cannot be used now; for readiness.
  public func check() async throws { throw Self.later }
  public func notifications() -> AsyncStream<StoreNotification> { AsyncStream { $0.finish() } }

  // Blobs.
  public func putBlob<Bytes: AsyncSequence>(_ digest: ContentDigest, limit: Int = 256 << 20, _ bytes: Bytes) async throws where Bytes.Element == Data { throw Self.later }
  public func putBlob(_ data: Data) async throws -> ContentDigest { throw Self.later }
  public func hasBlob(_ digest: ContentDigest) async throws -> Bool { throw Self.later }
  public func blob(_ digest: ContentDigest) async throws -> StoredBlob { throw Self.later }

  // Artifacts. `reference`: number, alias or sha256:…
  /// The newest version of each name, by name; `after` is a page's `next`.
  public func artifacts(after: String?, limit: Int) async throws -> Page<ArtifactVersion> { throw Self.later }
  /// Newest first.
  public func artifactVersions(_ name: String, after: String?, limit: Int) async throws -> Page<ArtifactVersion> { throw Self.later }
  public func artifact(_ name: String, _ reference: String) async throws -> ArtifactVersion { throw Self.later }
  @discardableResult public func setAlias(_ alias: String, of name: String, to version: Int, token: String) async throws -> ArtifactVersion { throw Self.later }

  // Tokens.
  /// Returns the secret, this once.
  public func createToken(name: String, role: Role) async throws -> String { throw Self.later }
  public func authenticate(_ secret: String) async throws -> TokenIdentity? { throw Self.later }
  public func revokeToken(name: String) async throws { throw Self.later }
  public func listTokens() async throws -> [TokenRecord] { throw Self.later }
}
