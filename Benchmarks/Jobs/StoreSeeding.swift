import Artifacts
import Foundation
import Jobs

extension StoreDatabase {
  /// Adds jobs with tiny tasks, as planning would leave them: each task has its payload, one input
  /// that is there, and a computation that is ready; the jobs' tasks alternate in the queue.
  func seedReady(_ count: Int, jobs: Int, tag: String) async throws {
    let parameters = String(
      decoding: try ResultDocument.encode(TaskParameters.hardware(HardwareParameters())),
      as: UTF8.self)
    try await seed(
      count, jobs: jobs, tag: tag, parameters: parameters, isFinished: false)
  }

  /// Adds jobs that have ended, with their results and events.
  func seedFinished(_ count: Int, jobs: Int, tag: String) async throws {
    try await seed(count, jobs: jobs, tag: tag, parameters: "{}", isFinished: true)
  }

  private func seed(
    _ count: Int, jobs: Int, tag: String, parameters: String, isFinished: Bool
  ) async throws {
    let perJob = count / jobs
    let kind = TaskKind.hardware
    let (task, computation) =
      isFinished
      ? ("'succeeded', c.result, now()", "'succeeded'")
      : ("'active', NULL::bytea, NULL::timestamptz", "'ready'")
    try await pool.transaction { connection in
      try await connection.execute(
        """
        CREATE TEMPORARY TABLE seed ON COMMIT DROP AS
          SELECT n, 1 + (n - 1) % \(jobs) AS job, '\(tag)-' || n AS key
          FROM generate_series(1, \(jobs * perJob)) AS n;
        INSERT INTO jobs (uuid, name, state, open_tasks, specification, token, started_at)
          SELECT gen_random_uuid(), '\(tag)-' || n, '\(isFinished ? "succeeded" : "running")',
            \(isFinished ? 0 : perJob), '{}', 'bench', now()
          FROM generate_series(1, \(jobs)) AS n;
        INSERT INTO blobs (digest, size, content)
          SELECT sha256(('input ' || id)::bytea), 5, 'input' FROM jobs
          WHERE name LIKE '\(tag)-%';
        INSERT INTO computations (key, kind, code_version, state, priority, virtual_start, result,
            session, leased_at, finished_at)
          SELECT sha256(('parent ' || id)::bytea), 'merge', 1, 'succeeded', 0, 0,
            sha256(('input ' || id)::bytea), gen_random_uuid(), now(), now()
          FROM jobs WHERE name LIKE '\(tag)-%';
        INSERT INTO tasks (job, name, kind, state, computation, result, finished_at)
          SELECT j.id, 'merge', 'merge', 'succeeded', c.id, c.result, now()
          FROM jobs j JOIN computations c ON c.key = sha256(('parent ' || j.id)::bytea)
          WHERE j.name LIKE '\(tag)-%';
        INSERT INTO computations (key, kind, code_version, state, priority, virtual_start, result,
            session, attempt, leased_at, finished_at)
          SELECT sha256(key::bytea), '\(kind.rawValue)', \(kind.codeVersion), \(computation), 0,
            n * \(kind.expectedSeconds),
            CASE WHEN \(isFinished) THEN sha256(('r' || key)::bytea) END,
            CASE WHEN \(isFinished) THEN gen_random_uuid() END, \(isFinished ? 1 : 0),
            CASE WHEN \(isFinished) THEN now() END, CASE WHEN \(isFinished) THEN now() END
          FROM seed ORDER BY n;
        INSERT INTO tasks (job, name, kind, computation, state, result, finished_at)
          SELECT j.id, 'hardware/' || s.n, '\(kind.rawValue)', c.id, \(task)
          FROM seed s JOIN jobs j ON j.name = '\(tag)-' || s.job
          JOIN computations c ON c.key = sha256(s.key::bytea) ORDER BY s.n;
        INSERT INTO task_payloads (task, parameters, sources)
          SELECT t.id, '\(parameters)', '{}' FROM tasks t JOIN jobs j ON j.id = t.job
          WHERE j.name LIKE '\(tag)-%' AND t.kind = '\(kind.rawValue)' ORDER BY t.id;
        INSERT INTO task_edges (parent, child, input)
          SELECT p.id, t.id, 'table/gelu' FROM tasks t JOIN jobs j ON j.id = t.job
          JOIN tasks p ON p.job = t.job AND p.kind = 'merge'
          WHERE j.name LIKE '\(tag)-%' AND t.kind = '\(kind.rawValue)' ORDER BY t.id;
        """)
      guard isFinished else { return }
      try await connection.execute(
        """
        INSERT INTO blobs (digest, size, content)
          SELECT result, 60, repeat('x', 60)::bytea FROM tasks t JOIN jobs j ON j.id = t.job
          WHERE j.name LIKE '\(tag)-%' AND t.kind = '\(kind.rawValue)';
        INSERT INTO events (job, event, task, message)
          SELECT job, 'succeeded', t.name, 'attempt 1 on worker in 12 ms'
          FROM tasks t JOIN jobs j ON j.id = t.job
          WHERE j.name LIKE '\(tag)-%' AND t.kind = '\(kind.rawValue)' ORDER BY t.id;
        """)
    }
  }
}
