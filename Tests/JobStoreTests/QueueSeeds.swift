import Foundation
import Jobs
import Postgres

extension StoreHarness {
  /// A session that says what it offers.
  func beginSession(
    _ worker: String = "worker", labels: [String]?, memoryMiB: Int? = nil, kernels: String? = nil
  ) async throws -> UUID {
    let session = UUID()
    try await store.beginSession(
      SessionRequest(
        session: session, worker: worker, pool: "local", slots: 2,
        kinds: Dictionary(uniqueKeysWithValues: TaskKind.allCases.map { ($0, $0.codeVersion) }),
        kernelClass: "Haswell", version: "1", labels: labels, memoryMiB: memoryMiB,
        kernels: kernels))
    return session
  }

  /// Sessions that offer what `session` offers.
  /// - Returns: The live ones.
  func seedSessions(like session: UUID, live: Int, ended: Int) async throws -> [UUID] {
    let rows = try await pool.query(
      """
      WITH seeded AS (
        INSERT INTO sessions (id, worker, pool, slots, kinds, kernel_class, version, labels,
            ended_at)
          SELECT gen_random_uuid(), 'worker-' || n, s.pool, s.slots, s.kinds, s.kernel_class,
            s.version, s.labels, CASE WHEN n > $2 THEN now() END
          FROM sessions s CROSS JOIN generate_series(1, $2::int + $3::int) AS n WHERE s.id = $1
        RETURNING id, ended_at)
      SELECT id FROM seeded WHERE ended_at IS NULL
      """, [.uuid(session), .int(live), .int(ended)])
    return try rows.map { try $0.decode("id") }
  }

  /// A running job whose `hardware` tasks are all ready, from the virtual start `after` on: children
  /// of one task that has succeeded.
  func seedReady(
    job: String, tasks: Int, weight: Double, label: String? = nil, after: Double = 0,
    finished: Bool = false
  ) async throws {
    let kind = TaskKind.hardware
    let parameters = String(
      decoding: try ResultDocument.encode(TaskParameters.hardware(HardwareParameters())),
      as: UTF8.self)
    let step = kind.expectedSeconds / weight
    try await pool.withConnection { connection in
      try await connection.execute(
        """
        INSERT INTO requirements (kernels, labels, memory)
          SELECT '', ARRAY['\(label ?? "")'], 0 WHERE '\(label ?? "")' <> '' ON CONFLICT DO NOTHING;
        INSERT INTO jobs (uuid, name, state, open_tasks, specification, token, weight)
          VALUES (gen_random_uuid(), '\(job)', '\(finished ? "succeeded" : "running")',
            \(finished ? 0 : tasks), '{}', 'test', \(weight));
        INSERT INTO computations (key, kind, code_version, state, priority, virtual_start,
            requirement, attempt, session, result, leased_at, finished_at)
          SELECT sha256(('\(job)/' || n)::bytea), '\(kind.rawValue)', \(kind.codeVersion),
            '\(finished ? "succeeded" : "ready")', 0, \(after) + n * \(step),
            coalesce((SELECT id FROM requirements WHERE labels = ARRAY['\(label ?? "")']), 0),
            CASE WHEN \(finished) THEN 1 ELSE 0 END,
            CASE WHEN \(finished) THEN gen_random_uuid() END,
            CASE WHEN \(finished) THEN sha256(('\(job)/r' || n)::bytea) END,
            CASE WHEN \(finished) THEN now() END, CASE WHEN \(finished) THEN now() END
          FROM generate_series(1, \(tasks)) AS n;
        INSERT INTO tasks (job, name, kind, state, computation, result, finished_at)
          SELECT j.id, 'hardware/' || c.id, '\(kind.rawValue)',
            '\(finished ? "succeeded" : "active")', c.id, c.result, c.finished_at
          FROM generate_series(1, \(tasks)) AS n
          JOIN computations c ON c.key = sha256(('\(job)/' || n)::bytea)
          JOIN jobs j ON j.name = '\(job)';
        INSERT INTO task_payloads (task, parameters, sources)
          SELECT t.id, '\(parameters)', '{}' FROM tasks t JOIN jobs j ON j.id = t.job
          WHERE j.name = '\(job)';
        INSERT INTO blobs (digest, size, content) VALUES (sha256('merged'), 6, 'merged')
          ON CONFLICT DO NOTHING;
        INSERT INTO tasks (job, name, kind, state, result)
          SELECT id, 'merge', 'merge', 'succeeded', sha256('merged') FROM jobs WHERE name = '\(job)';
        INSERT INTO task_edges (parent, child, input)
          SELECT p.id, t.id, 'table/gelu' FROM jobs j
          JOIN tasks p ON p.job = j.id AND p.kind = 'merge'
          JOIN tasks t ON t.job = j.id AND t.kind = '\(kind.rawValue)' WHERE j.name = '\(job)';
        """)
    }
  }

  /// As planning would: the job's tasks start where the jobs of its priority have got.
  func joinQueue(job: String, tasks: Int, weight: Double) async throws {
    let rows = try await pool.query("SELECT max(served) AS head FROM jobs WHERE state = 'running'")
    let head: Double = try rows.first?.decode("head") ?? 0
    try await seedReady(job: job, tasks: tasks, weight: weight, after: head)
  }

  func jobNames(_ tasks: [ClaimedTask]) async throws -> [String] {
    let rows = try await pool.query("SELECT uuid, name FROM jobs")
    var names: [UUID: String] = [:]
    for row in rows { names[try row.decode("uuid")] = try row.decode("name") }
    return tasks.compactMap { names[$0.job] }
  }

  /// Rows of the hot table that indexes or scans gave while `body` ran.
  func rowsRead(_ body: () async throws -> Void) async throws -> Int {
    func read() async throws -> Int {
      try await flushStatistics(ofConnections: Self.connections)
      let rows = try await pool.query(
        """
        SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS number
        FROM pg_stat_user_tables WHERE relname = 'computations'
        """)
      return try rows.first?.decode("number") ?? 0
    }
    let before = try await read()
    try await body()
    return try await read() - before
  }
}
