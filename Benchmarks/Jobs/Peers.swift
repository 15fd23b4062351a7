import Foundation
import Postgres

/// Another program that drains a queue on the same server.
struct Peers {
  let cluster: EmbeddedCluster
  let python: String

  /// pgbench claims and completes batches from a table of the shape of `computations`, with its
  /// indexes, and does nothing else.
  /// - Returns: Tasks per second.
  func bareLoop(_ pool: PostgresPool, database: String, count: Int, clients: Int, batch: Int)
    async throws -> Double
  {
    try await pool.withConnection { connection in
      try await connection.execute(
        """
        DROP TABLE IF EXISTS bare;
        CREATE TABLE bare (LIKE computations INCLUDING ALL) WITH (
          fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
          autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
        INSERT INTO bare (key, kind, code_version, priority, virtual_start)
          SELECT sha256(n::text::bytea), 'hardware', 2, 0, n * 0.05
          FROM generate_series(1, \(count)) AS n;
        """)
      try await connection.execute("VACUUM ANALYZE bare")
      try await connection.execute("CHECKPOINT")
    }
    let script = FileManager.default.temporaryDirectory.appending(
      path: "nnlut-bench-\(getpid()).sql")
    defer { try? FileManager.default.removeItem(at: script) }
    try """
    WITH chosen AS (
      SELECT id FROM bare
      WHERE state = 'ready' AND kind = 'hardware' AND code_version = 2 AND not_before <= now()
      ORDER BY priority DESC, virtual_start, id LIMIT \(batch) FOR UPDATE SKIP LOCKED
    ), claimed AS (
      UPDATE bare c SET state = 'leased', attempt = c.attempt + 1, tries = c.tries + 1,
        session = '00000000-0000-0000-0000-000000000001', leased_at = clock_timestamp(),
        progress_at = clock_timestamp(), progress = 0, unlisted_at = NULL
      FROM chosen WHERE c.id = chosen.id RETURNING c.id
    ) SELECT array_agg(id) AS ids FROM claimed \\gset
    UPDATE bare c SET state = 'succeeded', result = sha256(c.key), progress = 1,
      finished_at = clock_timestamp()
    WHERE c.id = ANY (:ids::bigint[]) AND c.state = 'leased';

    """.write(to: script, atomically: true, encoding: .utf8)
    let text = try await run(
      "pgbench",
      [
        "-n", "-M", "prepared", "-c", "\(clients)", "-j", "\(clients)", "-t",
        "\(count / batch / clients)", "-f", script.path, "-h", cluster.socketDirectory.path, "-U",
        EmbeddedCluster.name, database,
      ])
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
      let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) })
    else { throw BenchmarkError(description: "pgbench said: \(text)") }
    return rate * Double(batch)
  }

  /// PgQueuer's drain; jobs per second.
  func pgQueuer(database: String, count: Int, managers: Int, batch: Int) async throws -> Double {
    let text = try await run(
      python,
      [
        "Benchmarks/Jobs/pgqueuer_peer.py", cluster.socketDirectory.path, database,
        EmbeddedCluster.name, "\(count)", "\(managers)", "\(batch)",
      ])
    guard let rate = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw BenchmarkError(description: "pgqueuer_peer.py said: \(text)")
    }
    return rate
  }

  /// The socket is peer-authenticated: started by root, the program runs as the server's user.
  private func run(_ program: String, _ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError(description: "\(program) ended with \(process.terminationStatus)")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
