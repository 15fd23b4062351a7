import Foundation
import JobStore
import Postgres

/// `make bench-jobs`: claim + complete through the store beside bare SQL and PgQueuer, in a full
/// store, and while another session holds a snapshot (rounds are interleaved; ratios are of medians);
/// then through HTTP: throughput of a fleet, the way of a task to a waiting worker, and what waiting
/// workers cost.
///
/// JobBenchmark PYTHON FOLDER [TASKS [ROUNDS [CASE,…]]]
@main
struct JobBenchmark {
  static let clients = 2
  static let batch = 100

  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      throw BenchmarkError(description: "usage: JobBenchmark PYTHON FOLDER [TASKS [ROUNDS]]")
    }
    let tasks = arguments.count > 3 ? Int(arguments[3]) ?? 20_000 : 20_000
    let rounds = arguments.count > 4 ? Int(arguments[4]) ?? 5 : 5
    let cases =
      arguments.count > 5
      ? Set(arguments[5].split(separator: ",").map(String.init))
      : ["bare", "store", "full", "held", "pgqueuer", "fleet", "latency", "idle"]
    let cluster = try await BenchmarkCluster(
      folder: URL(filePath: arguments[2], directoryHint: .isDirectory).absoluteURL)
    do {
      if !cases.isDisjoint(with: ["bare", "store", "full", "held", "pgqueuer"]) {
        try await Rounds(cluster: cluster, python: arguments[1], tasks: tasks, cases: cases).run(
          rounds)
      }
      try await throughHTTP(
        FleetRounds(
          cluster: cluster,
          folder: FileManager.default.temporaryDirectory.appending(
            path: "nnlut-bench-\(getpid())")),
        tasks: tasks, rounds: rounds, cases: cases)
      await cluster.stop()
    } catch {
      await cluster.stop()
      FileHandle.standardError.write(Data("bench-jobs: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func throughHTTP(
    _ fleet: FleetRounds, tasks: Int, rounds: Int, cases: Set<String>
  ) async throws {
    func format(_ value: Double, _ digits: Int) -> String {
      String(format: "%.\(digits)f", value)
    }
    if cases.contains("fleet") {
      let rates = try await fleet.throughput(tasks: tasks, rounds: rounds)
      print(
        """

        Through HTTP, 2 coordinators, 200 workers, claims and completions of up to 10 tasks, \
        \(tasks) tasks a round: \(rates.map { format($0, 0) }.joined(separator: ", ")) tasks/s, \
        median \(format(Rounds.median(rates), 0)) (target 3000)
        """)
    }
    if cases.contains("latency") {
      let times = try await fleet.latencies(of: 500)
      guard let longest = times.last else {
        throw BenchmarkError(description: "nothing was claimed")
      }
      print(
        """

        From a submission's commit to the claim's reply, 2 coordinators, 200 waiting workers, \
        \(times.count) submissions one after the other: p50 \
        \(format(times[times.count / 2], 1)) ms (target 5), p99 \
        \(format(times[times.count * 99 / 100], 1)) ms (target 50), longest \
        \(format(longest, 1)) ms
        """)
    }
    if cases.contains("idle") {
      let cost = try await fleet.idleCost(workers: 2000, seconds: 60)
      print(
        """

        2 000 workers that wait and beat at 1 coordinator, 60 s: \
        \(format(100 * cost.cores, 1)) % of a core (target 5), \(format(cost.megabytes, 0)) MB \
        (target 200)
        """)
    }
  }
}

/// The cases in turn, and what they gave.
struct Rounds {
  let cluster: BenchmarkCluster
  let python: String
  let tasks: Int
  let cases: Set<String>

  func run(_ rounds: Int) async throws {
    let peers = Peers(cluster: cluster.cluster, python: python)
    let empty = try await cluster.makeStore("store_empty")
    let held = try await cluster.makeStore("store_held")
    let full = try await cluster.makeStore("store_full")
    let bare = try await cluster.makeStore("store_bare")
    let queuer = try await cluster.makeDatabase("queuer")
    if cases.contains("full") {
      let before = try await full.bytes()
      for part in 0..<10 {
        try await full.seedFinished(100_000, jobs: 100, tag: "old\(part)")
      }
      print("  a finished task takes \(Int((try await full.bytes() - before) / 1e6)) bytes")
      try await full.seedReady(100_000, jobs: 10, tag: "waiting")
      try await full.settle()
    }
    var rates: [String: [Double]] = [:]
    func add(_ name: String, _ rate: Double) {
      rates[name, default: []].append(rate)
      print("  \(name): \(Int(rate))/s")
    }
    for round in 0..<rounds {
      if cases.contains("bare") {
        try await bare.seedReady(tasks, jobs: 10, tag: "round\(round)")
        try await bare.settle()
        add(
          "bare",
          try await peers.bareLoop(
            bare, count: tasks, clients: JobBenchmark.clients, batch: JobBenchmark.batch))
      }
      // In turn the first, so that what slows the machine for a while meets both.
      let stores = [("store", empty), ("full", full)]
      let inTurn = round.isMultiple(of: 2) ? stores : stores.reversed()
      for (name, database) in inTurn where cases.contains(name) {
        add(name, try await drain(database, "round\(round)"))
        add("\(name), later", try await drain(database, "later\(round)", checkpoint: false))
      }
      if cases.contains("held") {
        add("held", try await drainUnderSnapshot(held, "round\(round)"))
      }
      guard cases.contains("pgqueuer") else { continue }
      for (managers, batch) in [(2, 100), (5, 10), (5, 100), (2, 1000)] {
        add(
          "PgQueuer \(managers) × \(batch)",
          try await peers.pgQueuer(
            database: "queuer", count: tasks, managers: managers, batch: batch))
      }
    }
    for pool in [empty.pool, held.pool, full.pool, bare.pool, queuer] { await pool.shutdown() }
    report(rates.mapValues(Self.median), rounds: rounds)
  }

  /// - Parameter checkpoint: Whether it follows one at once, or comes between two.
  private func drain(_ database: StoreDatabase, _ tag: String, checkpoint: Bool = true)
    async throws -> Double
  {
    try await database.seedReady(tasks, jobs: 10, tag: tag)
    try await database.settle(checkpoint: checkpoint)
    let before = try await database.walBytes()
    let rate = try await StoreDrain(
      store: database.store, clients: JobBenchmark.clients, batch: JobBenchmark.batch
    ).run(tasks)
    let written = Int((try await database.walBytes() - before) / Double(tasks))
    print("  \(database.name): \(written) bytes of WAL a task")
    return rate
  }

  /// Another session's snapshot keeps every row version that dies meanwhile.
  private func drainUnderSnapshot(_ database: StoreDatabase, _ tag: String) async throws -> Double {
    try await database.seedReady(tasks, jobs: 10, tag: tag)
    try await database.settle()
    let holder = try cluster.pool(database.name, connections: 1)
    let rate = try await holder.withConnection { connection in
      try await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
      try await connection.query("SELECT count(*) AS jobs FROM jobs")
      let rate = try await StoreDrain(
        store: database.store, clients: JobBenchmark.clients, batch: JobBenchmark.batch
      ).run(tasks)
      try await connection.execute("ROLLBACK")
      return rate
    }
    await holder.shutdown()
    return rate
  }

  private func report(_ medians: [String: Double], rounds: Int) {
    let store = medians["store"] ?? .nan
    let bare = medians["bare"] ?? .nan
    let full = medians["full"] ?? .nan
    let (later, fullLater) = (medians["store, later"] ?? .nan, medians["full, later"] ?? .nan)
    let best = medians.filter { $0.key.hasPrefix("PgQueuer") }.max { $0.value < $1.value }
    func rate(_ value: Double) -> String { value.isFinite ? "\(Int(value))" : "–" }
    func ratio(_ value: Double) -> String { String(format: "%.2f", value) }
    print(
      """

      Claim + complete, tasks per second: \(JobBenchmark.clients) clients, batches of \
      \(JobBenchmark.batch), \(tasks) tasks a round, medians of \(rounds) rounds, fsync on.

      | case                                       | tasks/s | ratio | of              | target |
      |--------------------------------------------|---------|-------|-----------------|--------|
      | the same statements, sent by pgbench       | \(rate(bare)) | | | |
      | store                                      | \(rate(store)) | \(ratio(store / bare)) | the same statements | 0.8 |
      | \(best?.key ?? "PgQueuer") | \(rate(best?.value ?? .nan)) | | | |
      | store                                      | \(rate(store)) | \(ratio(store / (best?.value ?? .nan))) | PgQueuer's best | 3 |
      | store, 1 000 000 finished + 100 000 ready, between checkpoints | \(rate(fullLater)) | \(ratio(fullLater / later)) | empty store, likewise | 0.9 |
      | store, …, the first \(tasks) tasks after a checkpoint | \(rate(full)) | \(ratio(full / store)) | empty store, likewise | |
      | store, a snapshot held open                | \(rate(medians["held"] ?? .nan)) | \(ratio((medians["held"] ?? .nan) / store)) | empty store | 0.7 |
      """)
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
