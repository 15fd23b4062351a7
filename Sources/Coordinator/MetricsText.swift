import JobStore
import Jobs

/// The Prometheus text format, version 0.0.4.
struct MetricsText {
  private(set) var text = ""

  /// One metric with its samples; none are written when there are no samples.
  mutating func metric(
    _ name: String, _ type: String, _ help: String,
    _ samples: [(labels: [(String, String)], Double)]
  ) {
    guard !samples.isEmpty else { return }
    text += "# HELP nnlut_\(name) \(help)\n# TYPE nnlut_\(name) \(type)\n"
    for (labels, value) in samples {
      let pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
      text += "nnlut_\(name)\(pairs.isEmpty ? "" : "{\(pairs)}") \(Self.number(value))\n"
    }
  }

  private static func escaped(_ label: String) -> String {
    var result = ""
    for character in label.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}

extension MetricsText {
  mutating func add(_ metrics: RequestMetrics) {
    metric(
      "http_requests_total", "counter", "Requests answered, by route and status.",
      metrics.requests.map { key, count in
        (
          [("method", key.method), ("route", key.route), ("status", "\(key.status)")],
          Double(count)
        )
      })
    metric(
      "lease_takeovers_total", "counter", "Leases that this coordinator's housekeeping took over.",
      [([], Double(metrics.rescued.takenOver))])
    metric(
      "expired_sessions_total", "counter",
      "Silent worker sessions that this coordinator's housekeeping ended.",
      [([], Double(metrics.rescued.expiredSessions))])
    metric(
      "frozen_attempts_total", "counter",
      "Attempts that this coordinator's housekeeping ended because their progress stood still.",
      [([], Double(metrics.rescued.frozen))])
    metric(
      "rescue_failures_total", "counter",
      "Computations that failed for good in this coordinator's housekeeping, after their last try.",
      [([], Double(metrics.rescued.failed))])
    metric(
      "housekeeping_leader", "gauge", "1 on the coordinator that prunes, 0 on the others.",
      [([], metrics.isLeader ? 1 : 0)])
    metric(
      "pruned_total", "counter", "Rows that this coordinator's housekeeping removed, by table.",
      metrics.pruned.byTable.map { ([("table", $0.table)], Double($0.rows)) })
    metric(
      "housekeeping_failures_total", "counter", "Rounds of housekeeping that failed.",
      [([], Double(metrics.housekeepingFailures))])
  }

  mutating func add(_ statistics: StoreStatistics) {
    metric(
      "jobs", "gauge", "Jobs, by state.",
      JobState.allCases.map { ([("state", $0.rawValue)], Double(statistics.jobs[$0] ?? 0)) })
    metric(
      "ready_computations", "gauge", "Computations that wait for a worker, by kind.",
      TaskKind.allCases.map { ([("kind", $0.rawValue)], Double(statistics.ready[$0] ?? 0)) })
    metric(
      "leased_computations", "gauge", "Computations that run, by kind.",
      TaskKind.allCases.map { ([("kind", $0.rawValue)], Double(statistics.leased[$0] ?? 0)) })
    metric(
      "worker_sessions", "gauge", "Live worker sessions, by pool.", Self.byPool(statistics.sessions)
    )
    metric("worker_slots", "gauge", "Their slots, by pool.", Self.byPool(statistics.slots))
    metric(
      "oldest_ready_seconds", "gauge", "How long the oldest ready computation has waited.",
      [([], statistics.oldestReadySeconds ?? 0)])
    metric(
      "oldest_snapshot_seconds", "gauge",
      "Age of the oldest snapshot held open; it keeps dead rows from being removed.",
      [([], statistics.oldestSnapshotSeconds ?? 0)])
    metric(
      "schema_migration", "gauge", "Number of the database's last migration.",
      [([], Double(statistics.migration))])
    metric(
      "database_connections", "gauge", "This coordinator's database connections, by state.",
      [
        ([("state", "in-use")], Double(statistics.pool.inUse)),
        ([("state", "idle")], Double(statistics.pool.idle)),
      ])
    metric(
      "database_connection_waiters", "gauge", "Requests that wait for a database connection.",
      [([], Double(statistics.pool.waiting))])
    metric(
      "dead_rows", "gauge", "Dead rows of the hot table.", [([], Double(statistics.deadRows))])
  }

  private static func byPool(_ counts: [String: Int]) -> [(labels: [(String, String)], Double)] {
    counts.sorted { $0.key < $1.key }.map { ([("pool", $0.key)], Double($0.value)) }
  }
}
