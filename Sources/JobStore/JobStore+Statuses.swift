import Artifacts
import Foundation
import Jobs
import Postgres

extension JobStore {
  static let jobsStatement = """
    SELECT j.id, j.uuid, j.name, j.state, j.created_at, j.finished_at, j.failure_code,
      j.failure_message, a.name AS artifact, v.version, v.digest, (
        SELECT coalesce(sum(slots), 0) FROM sessions
        WHERE ended_at IS NULL AND NOT is_draining) AS slots
    FROM jobs j LEFT JOIN artifact_versions v ON v.id = j.artifact_version
    LEFT JOIN artifacts a ON a.id = v.artifact
    """

  /// Rows of ``jobsStatement``, with their progress by kind.
  func statuses(_ rows: [PostgresRow]) async throws -> [JobStatus] {
    let ids: [Int64] = try rows.map { try $0.decode("id") }
    guard !ids.isEmpty else { return [] }
    let progress = try await kindProgress(ids)
    return try rows.map { row in
      var artifact: ArtifactReference?
      if let name: String = try row.decode("artifact", as: String?.self) {
        artifact = ArtifactReference(
          name: name, version: try row.decode("version"),
          digest: try row.requiredDigest("digest"))
      }
      return JobStatus(
        id: try row.decode("uuid"), name: try row.decode("name"), state: try row.state("state"),
        createdAt: try row.decode("created_at"), finishedAt: try row.decode("finished_at"),
        kinds: progress[try row.decode("id")] ?? [], failure: try row.failure(),
        artifact: artifact, slots: try row.decode("slots"))
    }
  }

  private func kindProgress(_ jobs: [Int64]) async throws -> [Int64: [KindProgress]] {
    let rows = try await pool.query(
      """
      SELECT t.job, t.kind, count(*) AS total,
        count(*) FILTER (WHERE t.state = 'active' AND c.state = 'leased') AS running,
        count(*) FILTER (WHERE t.state = 'succeeded') AS succeeded,
        count(*) FILTER (WHERE t.state = 'failed') AS failed,
        count(*) FILTER (WHERE t.state = 'cancelled') AS cancelled,
        count(*) FILTER (WHERE t.is_reused) AS reused,
        coalesce(sum(c.progress) FILTER (WHERE t.state = 'active' AND c.state = 'leased'), 0)
          ::float8 AS running_progress,
        avg(extract(epoch FROM c.finished_at - c.leased_at))
          FILTER (WHERE t.state = 'succeeded' AND NOT t.is_reused)::float8 AS mean_seconds
      FROM tasks t LEFT JOIN computations c ON c.id = t.computation
      WHERE t.job = ANY ($1::bigint[]) GROUP BY t.job, t.kind
      """, [.intArray(jobs)])
    var found: [Int64: [TaskKind: KindProgress]] = [:]
    for row in rows {
      let kind = try row.kind("kind")
      found[try row.decode("job"), default: [:]][kind] = KindProgress(
        kind: kind, total: try row.decode("total"), running: try row.decode("running"),
        succeeded: try row.decode("succeeded"), failed: try row.decode("failed"),
        cancelled: try row.decode("cancelled"), reused: try row.decode("reused"),
        runningProgress: try row.decode("running_progress"),
        meanSeconds: try row.decode("mean_seconds"))
    }
    return found.mapValues { kinds in TaskKind.allCases.compactMap { kinds[$0] } }
  }
}
