import Artifacts
import Foundation
import Jobs
import Postgres

/// How many bytes of blobs a token may keep.
struct BlobQuota {
  var token: String
  var limit: Int64
}

extension JobWriter {
  /// Waits for other submissions of the same token, then holds its use against its quotas. A name
  /// without a token in force (the store's own callers) has no quota.
  ///
  /// - Throws: ``JobStoreError/quotaExceeded(token:quota:limit:used:)``.
  func checkQuota(token: String) async throws {
    let limits = try await connection.query(
      """
      SELECT max_unfinished_jobs::bigint AS jobs, max_open_tasks AS tasks FROM tokens
      WHERE name = $1 AND revoked_at IS NULL FOR NO KEY UPDATE
      """, [.text(token)])
    guard let row = limits.first else { return }
    let jobs: Int64? = try row.decode("jobs")
    let tasks: Int64? = try row.decode("tasks")
    if jobs == nil, tasks == nil { return }
    // A statement of its own: it sees what the submission before has committed.
    let used = try await connection.query(Self.useStatement, [.text(token)])
    guard let use = used.first else { return }
    if let jobs {
      let count: Int64 = try use.decode("jobs")
      guard count < jobs else {
        throw JobStoreError.quotaExceeded(
          token: token, quota: .unfinishedJobs, limit: jobs, used: count)
      }
    }
    if let tasks {
      let count: Int64 = try use.decode("tasks")
      guard count < tasks else {
        throw JobStoreError.quotaExceeded(
          token: token, quota: .openTasks, limit: tasks, used: count)
      }
    }
  }

  /// Waits for other uploads of the same token, then holds `size` more bytes against its quota.
  ///
  /// - Throws: ``JobStoreError/quotaExceeded(token:quota:limit:used:)``.
  func checkQuota(_ quota: BlobQuota, adding size: Int) async throws {
    try await connection.query(
      "SELECT id FROM tokens WHERE name = $1 AND revoked_at IS NULL FOR NO KEY UPDATE",
      [.text(quota.token)])
    let rows = try await connection.query(
      "SELECT coalesce(sum(size), 0)::bigint AS bytes FROM blobs WHERE token = $1",
      [.text(quota.token)])
    let used: Int64 = try rows.first?.decode("bytes") ?? 0
    guard used + Int64(size) <= quota.limit else {
      throw JobStoreError.quotaExceeded(
        token: quota.token, quota: .blobBytes, limit: quota.limit, used: used)
    }
  }

  /// Lets a blob that was just stored count against a token.
  func charge(_ digest: ContentDigest, size: Int, to quota: BlobQuota) async throws {
    try await checkQuota(quota, adding: size)
    try await connection.query(
      "UPDATE blobs SET token = $2 WHERE digest = $1 AND token IS NULL",
      [.digest(digest), .text(quota.token)])
  }

  /// What a token's unfinished jobs take of its quotas.
  static let useStatement = """
    SELECT count(*) AS jobs, coalesce(sum(open_tasks), 0)::bigint AS tasks FROM jobs
    WHERE token = $1 AND state IN ('queued', 'running')
    """
}
