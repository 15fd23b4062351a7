import Artifacts
import Foundation
import Jobs
import Postgres

extension JobWriter {
  /// Carries on after tasks have succeeded: plans or publishes where that is what the task was,
  /// makes the children ready, follows those that succeed at once, and closes jobs that are done.
  mutating func advance(_ finished: [FinishedTask]) async throws {
    var wave = finished
    var closed: [Int64: Int] = [:]
    while !wave.isEmpty {
      var ready: [Int64] = []
      for task in wave {
        switch task.kind {
        case .resolve: ready += try await plan(task)
        case .publish: try await publish(task)
        case .collect, .merge, .train, .sensitivity, .assign, .evaluate, .score, .hardware: break
        }
        closed[task.job, default: 0] += 1
      }
      ready += try await unblock(parents: wave.map(\.id))
      wave = try await activate(ready)
    }
    try await close(closed)
  }

  /// - Returns: The tasks whose last input is there now.
  private func unblock(parents: [Int64]) async throws -> [Int64] {
    // The array keeps the planner, which takes every parent for one with as many children as a
    // `merge` has, from reading all tasks for those that are blocked.
    let rows = try await connection.query(
      """
      WITH d AS MATERIALIZED (
        SELECT child, count(*) AS inputs FROM task_edges
        WHERE parent = ANY ($1::bigint[]) GROUP BY child
      )
      UPDATE tasks t SET pending = t.pending - d.inputs
      FROM d
      WHERE t.id = d.child AND t.id = ANY (ARRAY (SELECT child FROM d)) AND t.state = 'blocked'
      RETURNING t.id, t.pending
      """, [.intArray(parents)])
    return try rows.filter { try $0.decode("pending", as: Int.self) == 0 }
      .map { try $0.decode("id") }
  }

  static let startedMessage = "the first task runs"

  /// Queued jobs, locked by us, of which a task runs now are running.
  mutating func start(_ jobs: Set<Int64>) async throws {
    guard !jobs.isEmpty else { return }
    let rows = try await connection.query(
      """
      UPDATE jobs SET state = 'running', started_at = coalesce(started_at, clock_timestamp())
      WHERE id = ANY ($1::bigint[]) AND state = 'queued' RETURNING id
      """, [.intArray(jobs.sorted())])
    for row in rows { record("started", job: try row.decode("id"), Self.startedMessage) }
  }

  /// Counts finished tasks off their jobs; a job without an open task has succeeded.
  private mutating func close(_ finished: [Int64: Int]) async throws {
    let counts = finished.sorted { $0.key < $1.key }
    let rows = try await connection.query(
      """
      UPDATE jobs j SET open_tasks = j.open_tasks - d.finished,
        served = greatest(j.served, d.served),
        state = CASE WHEN j.open_tasks = d.finished THEN 'succeeded' ELSE 'running' END,
        started_at = coalesce(j.started_at, clock_timestamp()),
        finished_at = CASE WHEN j.open_tasks = d.finished THEN clock_timestamp() END
      FROM unnest($1::bigint[], $2::int[], $3::float8[]) AS d (id, finished, served)
      JOIN jobs before ON before.id = d.id
      WHERE j.id = d.id AND j.state IN ('queued', 'running')
      RETURNING j.id, j.state, before.state = 'queued' AS starts
      """,
      [
        .intArray(counts.map(\.key)), .intArray(counts.map(\.value)),
        .doubleArray(counts.map { served[$0.key] ?? 0 }),
      ])
    for row in rows {
      // A task may be done before the claim that leased it has marked the job.
      if try row.decode("starts") {
        events.insert(
          PendingEvent(
            job: try row.decode("id"), event: "started", message: Self.startedMessage), at: 0)
      }
      let state: JobState = try row.state("state")
      if state == .succeeded { record("job-succeeded", job: try row.decode("id"), "all is done") }
    }
  }
}
