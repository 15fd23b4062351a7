import Foundation
import JobStore
import Jobs

/// The limit of the store: the statements that it sends for a batch of tasks without children, for
/// pgbench, which sends each with its numbers and drops what it says.
enum BareLoop {
  static func beginSession(_ session: UUID, in store: JobStore) async throws {
    try await store.beginSession(
      SessionRequest(
        session: session, worker: "bare", pool: "bench", slots: 100,
        kinds: Dictionary(uniqueKeysWithValues: TaskKind.allCases.map { ($0, $0.codeVersion) }),
        kernelClass: "Haswell", version: "1"))
  }

  /// pgbench's script for one batch. Its variables: `slots`, the session once for each task wanted;
  /// `descent`, `start` and `computation`, the place in the queue to begin at. Each claim leaves the
  /// next one's place.
  static func script(batch: Int) -> String {
    let claim = """
      \(JobStore.claimSteps), answer AS MATERIALIZED (
        \(JobStore.claimAnswer)
      )
      """
    let values = [":slots", "\(batch)", ":descent", ":start", ":computation"]
    let filled = values.enumerated().reduce(claim) { text, value in
      text.replacing("$\(value.offset + 1)", with: value.element)
    }
    return """
      \(filled), placed AS (
        SELECT a.*, t.id AS task, t.job,
          convert_to('the result of computation ' || a.id || ', of the usual length', 'UTF8')
            AS result
        FROM answer a JOIN tasks t ON t.computation = a.id
      )
      SELECT array_agg(id) AS ids, array_agg(sha256(result)) AS digests,
        array_agg(length(result)) AS sizes, array_agg(result) AS results, array_agg(task) AS tasks,
        array_agg(job) AS jobs, array_agg(name) AS names,
        sum(length(parameters::text) + length(inputs)) AS read, -min(priority) AS descent,
        (array_agg(virtual_start ORDER BY priority, virtual_start DESC, id DESC))[1] AS start,
        (array_agg(id ORDER BY priority, virtual_start DESC, id DESC))[1] AS computation,
        array(SELECT job FROM placed GROUP BY job ORDER BY job) AS touched,
        array(SELECT count(*) FROM placed GROUP BY job ORDER BY job) AS counts,
        array(SELECT max(virtual_start) FROM placed GROUP BY job ORDER BY job) AS served
      FROM placed \\gset
      \(completion)
      """
  }

  /// As `JobWriter` sends them for one group of completions.
  private static let completion = """
    BEGIN;
    INSERT INTO blobs (digest, size, content)
    SELECT * FROM unnest(:digests::bytea[], :sizes::bigint[], :results::bytea[])
    ON CONFLICT (digest) DO UPDATE SET touched_at = clock_timestamp()
      WHERE blobs.touched_at < clock_timestamp() - interval '1 minute';
    SELECT id FROM jobs
    WHERE id IN (SELECT job FROM tasks WHERE computation = ANY (:ids::bigint[]) AND state = 'active')
    ORDER BY id FOR NO KEY UPDATE;
    SELECT id, kind, state, attempt, tries, session, is_suspect, result
    FROM computations WHERE id = ANY (:ids::bigint[]) ORDER BY id FOR UPDATE;
    WITH done AS (
      UPDATE computations c SET state = 'succeeded', result = d.result, progress = 1,
        finished_at = clock_timestamp()
      FROM unnest(:ids::bigint[], :digests::bytea[]) AS d (id, result)
      WHERE c.id = d.id
      RETURNING c.id, c.result, c.session, c.attempt, c.virtual_start,
        c.finished_at - c.leased_at AS duration
    )
    UPDATE tasks t SET state = 'succeeded', result = done.result, finished_at = clock_timestamp()
    FROM done LEFT JOIN sessions s ON s.id = done.session
    WHERE t.computation = done.id AND t.state = 'active'
    RETURNING t.id, t.job, t.name, t.kind, t.result, done.attempt, s.worker, done.virtual_start,
      extract(epoch FROM done.duration)::float8 AS seconds;
    SELECT id FROM jobs WHERE id = ANY (:touched::bigint[]) ORDER BY id FOR NO KEY UPDATE;
    WITH d AS MATERIALIZED (
      SELECT child, count(*) AS inputs FROM task_edges
      WHERE parent = ANY (:tasks::bigint[]) GROUP BY child
    )
    UPDATE tasks t SET pending = t.pending - d.inputs FROM d
    WHERE t.id = d.child AND t.id = ANY (ARRAY (SELECT child FROM d)) AND t.state = 'blocked'
    RETURNING t.id, t.pending;
    UPDATE jobs j SET open_tasks = j.open_tasks - d.finished, served = greatest(j.served, d.served),
      state = CASE WHEN j.open_tasks = d.finished THEN 'succeeded' ELSE 'running' END,
      started_at = coalesce(j.started_at, clock_timestamp()),
      finished_at = CASE WHEN j.open_tasks = d.finished THEN clock_timestamp() END
    FROM unnest(:touched::bigint[], :counts::int[], :served::float8[]) AS d (id, finished, served)
    JOIN jobs before ON before.id = d.id
    WHERE j.id = d.id AND j.state IN ('queued', 'running')
    RETURNING j.id, j.state, before.state = 'queued' AS starts;
    WITH added AS (
      INSERT INTO events (job, event, task, message)
      SELECT job, 'succeeded', task, 'attempt 1 on bare in 12 ms'
      FROM unnest(:jobs::bigint[], :names::text[]) WITH ORDINALITY AS e (job, task, place)
      ORDER BY place
      RETURNING job)
    SELECT uuid FROM jobs WHERE id IN (SELECT job FROM added);
    COMMIT;

    """
}
