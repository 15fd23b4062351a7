import Artifacts
import Foundation
import Jobs
import Postgres

/// Whose token a request came with.
public struct TokenIdentity: Hashable, Sendable {
  public var name: String
  public var role: Role

  public init(name: String, role: Role) {
    self.name = name
    self.role = role
  }
}

/// A token as listings show it: never its secret.
public struct TokenRecord: Hashable, Codable, Sendable {
  public var name: String
  public var role: Role
  public var createdAt: Date
  public var quotas: TokenQuotas

  public init(name: String, role: Role, createdAt: Date, quotas: TokenQuotas = TokenQuotas()) {
    self.name = name
    self.role = role
    self.createdAt = createdAt
    self.quotas = quotas
  }
}

/// A finished task's result, for reports.
public struct TaskResult: Hashable, Sendable {
  public var name: String
  public var kind: TaskKind
  public var digest: ContentDigest
  public var bytes: Data

  public init(name: String, kind: TaskKind, digest: ContentDigest, bytes: Data) {
    self.name = name
    self.kind = kind
    self.digest = digest
    self.bytes = bytes
  }
}

/// Something that happened, here or in another process: look into the store. It may come too often.
public enum StoreNotification: Hashable, Sendable {
  /// Some computation became ready.
  case ready
  /// Something happened to this job.
  case job(UUID)
  /// Something for this worker session: a cancel, a lost lease, a drain.
  case session(UUID)
  /// The desired size of this pool changed.
  case pool(String)
  /// The connection was made anew: anything may have been missed.
  case missed
}

/// What one round of ``JobStore/rescue(leaseSeconds:)`` did.
public struct RescueReport: Hashable, Sendable {
  /// Sessions that had been silent for too long and were ended.
  public var expiredSessions: Int
  /// Computations taken from a session that had ended, and ready again.
  public var takenOver: Int
  /// Attempts ended because their progress had stood still.
  public var frozen: Int
  /// Computations that failed for good because it was their last try.
  public var failed: Int

  public init(expiredSessions: Int = 0, takenOver: Int = 0, frozen: Int = 0, failed: Int = 0) {
    self.expiredSessions = expiredSessions
    self.takenOver = takenOver
    self.frozen = frozen
    self.failed = failed
  }
}

/// The store at a glance, for metrics.
public struct StoreStatistics: Hashable, Sendable {
  public var ready: [TaskKind: Int]
  public var leased: [TaskKind: Int]
  public var jobs: [JobState: Int]
  /// Live sessions and their slots, by pool.
  public var sessions: [String: Int]
  public var slots: [String: Int]
  /// How long the ready computation that waits longest has waited.
  public var oldestReadySeconds: Double?
  /// Age of the oldest snapshot that any session of this database holds open.
  public var oldestSnapshotSeconds: Double?
  /// Dead rows of the hot table.
  public var deadRows: Int
  /// Number of the last migration.
  public var migration: Int
  /// This process's connections.
  public var pool: PostgresPool.Usage

  public init(
    ready: [TaskKind: Int], leased: [TaskKind: Int], jobs: [JobState: Int],
    sessions: [String: Int], slots: [String: Int], oldestReadySeconds: Double?,
    oldestSnapshotSeconds: Double?, deadRows: Int, migration: Int, pool: PostgresPool.Usage
  ) {
    self.ready = ready
    self.leased = leased
    self.jobs = jobs
    self.sessions = sessions
    self.slots = slots
    self.oldestReadySeconds = oldestReadySeconds
    self.oldestSnapshotSeconds = oldestSnapshotSeconds
    self.deadRows = deadRows
    self.migration = migration
    self.pool = pool
  }
}

/// A stored blob: its size, and its bytes in pieces of at most 1 MiB.
public struct StoredBlob: Sendable {
  public var digest: ContentDigest
  /// Bytes.
  public var size: Int
  public var chunks: BlobChunks
}
