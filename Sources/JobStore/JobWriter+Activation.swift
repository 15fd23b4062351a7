import Artifacts
import Foundation
import Jobs
import Postgres

/// A task that has just succeeded.
struct FinishedTask {
  var id: Int64
  var job: Int64
  var name: String
  var kind: TaskKind
  var result: ContentDigest
}

/// A task whose inputs are all there.
private struct ReadyTask {
  var id: Int64
  var job: Int64
  var name: String
  var kind: TaskKind
  var priority: Int
  var weight: Double
  var requirement: Int
  var key: ContentDigest
}

private struct FoundComputation {
  var id: Int64
  var state: ComputationState
  var result: ContentDigest?
}

extension JobWriter {
  /// Lets each task, whose inputs have all succeeded, wait on the computation with its content key:
  /// a new one, one that other tasks wait on, or one that is done already.
  /// - Returns: The tasks whose computation was done already; they have succeeded now.
  mutating func activate(_ tasks: [Int64]) async throws -> [FinishedTask] {
    guard !tasks.isEmpty else { return [] }
    let ready = try await readyTasks(tasks)
    let found = try await computations(for: ready)
    let kept = try await stored(found.values.compactMap(\.result))
    var finished: [FinishedTask] = []
    var revived: [ReadyTask] = []
    for task in ready {
      guard let computation = found[task.key] else { continue }
      if computation.state == .succeeded, let result = computation.result, kept.contains(result) {
        finished.append(
          FinishedTask(
            id: task.id, job: task.job, name: task.name, kind: task.kind, result: result))
      } else if computation.state != .ready, computation.state != .leased {
        revived.append(task)
      }
    }
    try await revive(revived.compactMap { task in found[task.key].map { (task, $0.id) } })
    let results = Dictionary(
      finished.map { ($0.id, $0.result) }, uniquingKeysWith: { first, _ in first })
    try await connection.query(
      """
      UPDATE tasks t SET computation = d.computation, result = d.result,
        state = CASE WHEN d.result IS NULL THEN 'active' ELSE 'succeeded' END,
        is_reused = d.result IS NOT NULL,
        finished_at = CASE WHEN d.result IS NULL THEN NULL ELSE clock_timestamp() END
      FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS d (id, computation, result)
      WHERE t.id = d.id
      """,
      [
        .intArray(ready.map(\.id)), .intArray(ready.compactMap { found[$0.key]?.id }),
        .bytesArray(ready.map { results[$0.id]?.rawBytes }),
      ])
    try await raisePriorities(ready.compactMap { found[$0.key]?.id })
    try await start(Set(ready.filter { found[$0.key]?.state == .leased }.map(\.job)))
    for task in finished {
      record("succeeded", job: task.job, task: task.name, "reused an earlier result")
    }
    return finished
  }

  private func readyTasks(_ ids: [Int64]) async throws -> [ReadyTask] {
    let edges = try await connection.query(
      """
      SELECT e.child, e.input, p.result FROM task_edges e JOIN tasks p ON p.id = e.parent
      WHERE e.child = ANY ($1::bigint[])
      """, [.intArray(ids)])
    var inputs: [Int64: [String: ContentDigest]] = [:]
    for edge in edges {
      inputs[try edge.decode("child"), default: [:]][try edge.decode("input")] =
        try edge.requiredDigest("result")
    }
    let rows = try await connection.query(
      """
      SELECT t.id, t.job, t.name, t.kind, t.requirement, j.uuid, j.priority, j.weight, p.parameters
      FROM tasks t JOIN jobs j ON j.id = t.job JOIN task_payloads p ON p.task = t.id
      WHERE t.id = ANY ($1::bigint[]) ORDER BY t.id
      """, [.intArray(ids)])
    return try rows.map { row in
      let id: Int64 = try row.decode("id")
      let parameters = try ResultDocument.decode(
        TaskParameters.self, from: Data(try row.decode("parameters", as: String.self).utf8))
      return ReadyTask(
        id: id, job: try row.decode("job"), name: try row.decode("name"),
        kind: try row.kind("kind"), priority: try row.decode("priority"),
        weight: try row.decode("weight"), requirement: try row.decode("requirement"),
        key: try ContentKey.of(parameters, inputs: inputs[id] ?? [:], job: try row.decode("uuid")))
    }
  }

  /// Finds or makes the computation of each key, and locks it.
  private mutating func computations(for ready: [ReadyTask]) async throws
    -> [ContentDigest: FoundComputation]
  {
    var found: [ContentDigest: FoundComputation] = [:]
    var missing = ready
    while !missing.isEmpty {
      let rows = try await connection.query(
        """
        SELECT id, key, state, result FROM computations
        WHERE key = ANY ($1::bytea[]) ORDER BY id FOR UPDATE
        """, [.digests(missing.map(\.key))])
      for row in rows {
        found[try row.requiredDigest("key")] = FoundComputation(
          id: try row.decode("id"), state: try row.state("state"),
          result: try row.digest("result"))
      }
      var seen: Set<ContentDigest> = []
      let new = missing.filter { found[$0.key] == nil && seen.insert($0.key).inserted }
      // Who loses the race for a key finds it in the next round.
      let added = try await add(new)
      found.merge(added) { first, _ in first }
      missing = new.filter { found[$0.key] == nil }
    }
    return found
  }

  private mutating func add(_ tasks: [ReadyTask]) async throws -> [ContentDigest: FoundComputation]
  {
    guard !tasks.isEmpty else { return [:] }
    let starts = try await virtualStarts(tasks)
    // In key order, so that two transactions that add the same keys do not wait in a circle.
    let rows = try await connection.query(
      """
      INSERT INTO computations (key, kind, code_version, priority, virtual_start, requirement)
      SELECT key, kind, code_version, priority, virtual_start, requirement
      FROM unnest($1::bytea[], $2::text[], $3::int[], $4::int[], $5::float8[], $6::int[])
        AS d (key, kind, code_version, priority, virtual_start, requirement)
      ORDER BY key
      ON CONFLICT (key) DO NOTHING
      RETURNING id, key
      """,
      [
        .digests(tasks.map(\.key)), .textArray(tasks.map(\.kind.rawValue)),
        .intArray(tasks.map(\.kind.codeVersion)), .intArray(tasks.map(\.priority)),
        .doubleArray(starts), .intArray(tasks.map(\.requirement)),
      ])
    var added: [ContentDigest: FoundComputation] = [:]
    for row in rows {
      added[try row.requiredDigest("key")] = FoundComputation(
        id: try row.decode("id"), state: .ready, result: nil)
    }
    news.insert(.ready)
    return added
  }

  /// Makes computations ready again that had failed, were cancelled or whose result is gone.
  private mutating func revive(_ wanted: [(task: ReadyTask, computation: Int64)]) async throws {
    guard !wanted.isEmpty else { return }
    let starts = try await virtualStarts(wanted.map(\.task))
    try await connection.query(
      """
      UPDATE computations c SET state = 'ready', tries = 0, session = NULL, result = NULL,
        priority = d.priority, virtual_start = d.virtual_start,
        requirement = d.requirement, progress = 0,
        ready_at = clock_timestamp(), not_before = '-infinity', leased_at = NULL,
        finished_at = NULL
      FROM unnest($1::bigint[], $2::int[], $3::float8[], $4::int[])
        AS d (id, priority, virtual_start, requirement)
      WHERE c.id = d.id
      """,
      [
        .intArray(wanted.map(\.computation)), .intArray(wanted.map(\.task.priority)),
        .doubleArray(starts), .intArray(wanted.map(\.task.requirement)),
      ])
    news.insert(.ready)
  }

  /// Fair share between jobs (start-time fair queueing): a task starts where its job's share is
  /// spent up to, but not before where the jobs of its priority have got, and spends its expected
  /// time over its job's weight.
  private mutating func virtualStarts(_ tasks: [ReadyTask]) async throws -> [Double] {
    let rows = try await connection.query(
      """
      SELECT j.id, j.virtual_time, coalesce((
        SELECT max(served) FROM jobs r WHERE r.state = 'running' AND r.priority = j.priority
        ), 0) AS head
      FROM jobs j WHERE j.id = ANY ($1::bigint[])
      """, [.intArray(Set(tasks.map(\.job)).sorted())])
    var spent: [Int64: Double] = [:]
    for row in rows {
      spent[try row.decode("id")] = max(try row.decode("virtual_time"), try row.decode("head"))
    }
    let starts = tasks.map { task in
      let start = spent[task.job] ?? 0
      spent[task.job] = start + task.kind.expectedSeconds / task.weight
      let position = QueuePosition(
        descent: -task.priority, virtualStart: start, computation: 0)
      firstReady = min(firstReady ?? position, position)
      return start
    }
    let jobs = spent.sorted { $0.key < $1.key }
    try await connection.query(
      """
      UPDATE jobs j SET virtual_time = d.virtual_time
      FROM unnest($1::bigint[], $2::float8[]) AS d (id, virtual_time) WHERE j.id = d.id
      """, [.intArray(jobs.map(\.key)), .doubleArray(jobs.map(\.value))])
    return starts
  }

  /// A computation has the highest priority among the jobs that want it, and needs what the task
  /// needs that has waited longest.
  func raisePriorities(_ computations: [Int64]) async throws {
    try await connection.query(
      """
      UPDATE computations c SET priority = d.priority, requirement = d.requirement
      FROM (
        SELECT t.computation, max(j.priority) AS priority,
          (array_agg(t.requirement ORDER BY t.id))[1] AS requirement
        FROM tasks t JOIN jobs j ON j.id = t.job
        WHERE t.computation = ANY ($1::bigint[]) AND t.state = 'active' GROUP BY t.computation
      ) d
      WHERE c.id = d.computation AND c.state IN ('ready', 'leased')
        AND (c.priority <> d.priority OR c.requirement <> d.requirement)
      """, [.intArray(computations)])
  }

  private func stored(_ digests: [ContentDigest]) async throws -> Set<ContentDigest> {
    guard !digests.isEmpty else { return [] }
    // Locked: pruning must not take away now what a task is about to refer to.
    let rows = try await connection.query(
      "SELECT digest FROM blobs WHERE digest = ANY ($1::bytea[]) ORDER BY id FOR KEY SHARE",
      [.digests(digests)])
    return Set(try rows.map { try $0.requiredDigest("digest") })
  }
}
