import CoordinatorClient
import Foundation
import Jobs
import Synchronization

/// The cases through HTTP: two coordinators, their workers, the database and this program share the
/// machine.
struct FleetRounds {
  let cluster: BenchmarkCluster
  /// Where coordinators have their state.
  let folder: URL

  /// 200 workers that claim and complete up to 10 tasks at a time.
  func throughput(tasks: Int, rounds: Int) async throws -> [Double] {
    try await with("fleet_busy", coordinators: 2) { database, coordinators, token in
      var rates: [Double] = []
      for round in 0..<rounds {
        try await database.seedReady(tasks, jobs: 10, tag: "round\(round)")
        try await database.settle()
        let fleet = Fleet(size: 200, coordinators: coordinators, token: token)
        let sessions = try await fleet.begin()
        rates.append(try await fleet.drain(tasks, sessions: sessions))
        for session in sessions { try await database.store.endSession(session) }
      }
      return rates
    }
  }

  /// From the commit of a submission to the claim's reply in the worker, milliseconds, sorted; 200
  /// workers wait, at both coordinators. The server's own time of the commit is taken, by the clock
  /// that this program reads too.
  func latencies(of submissions: Int) async throws -> [Double] {
    try await with("fleet_idle", coordinators: 2) { database, coordinators, token in
      let user = CoordinatorClient(
        endpoint: coordinators[0].endpoint,
        token: try await database.store.createToken(name: "user", role: .admin), retries: .brief)
      let fleet = Fleet(size: 200, coordinators: coordinators, token: token)
      let sessions = try await fleet.begin()
      let (arrivals, arrived) = AsyncStream.makeStream(of: (UUID, Date).self)
      let waiting = Task {
        await fleet.idle(sessions: sessions, heartbeats: false) { arrived.yield(($0, $1)) }
      }
      var times: [UUID: Date] = [:]
      var arrival = arrivals.makeAsyncIterator()
      for number in 0..<submissions {
        _ = try await user.submit(
          jobFile: try Self.job(number).encoded(), idempotencyKey: UUID().uuidString)
        if let (job, date) = await arrival.next() { times[job] = date }
        // Not in step with anybody's polling.
        try await Task.sleep(for: .milliseconds(.random(in: 20...60)))
      }
      waiting.cancel()
      await waiting.value
      let commits = try await database.pool.query(
        """
        SELECT j.uuid,
          extract(epoch FROM pg_xact_commit_timestamp(p.xmin))::float8 AS committed
        FROM jobs j JOIN tasks t ON t.job = j.id JOIN task_payloads p ON p.task = t.id
        """)
      return try commits.compactMap { row -> Double? in
        let committed: Double = try row.decode("committed")
        return times[try row.decode("uuid", as: UUID.self)].map {
          1000 * ($0.timeIntervalSince1970 - committed)
        }
      }.sorted()
    }
  }

  /// No two have a computation in common.
  private static func job(_ number: Int) -> JobSpecification {
    JobSpecification(
      name: "latency-\(number)", model: "file:/nowhere/\(number)",
      calibration: CalibrationSpecification(
        source: "file:/calibration.txt", samples: 150, range: .observed, seed: 1),
      evaluations: [
        EvaluationSpecification(
          kind: .similarity, source: "file:/sts", metric: "spearman", select: "dev", report: "test")
      ],
      variants: [
        Variant(
          approximator: .nnLUT, recipe: .refined, entries: 16, format: .fp32, scope: .shared,
          calibrate: true, range: .observed, scaling: .none, seed: 1)
      ], publish: nil)
  }

  /// What one coordinator needs for workers that wait and beat.
  func idleCost(workers: Int, seconds: Double) async throws -> (cores: Double, megabytes: Double) {
    try await with("fleet_many", coordinators: 1) { database, coordinators, token in
      guard let coordinator = coordinators.first else { return (.nan, .nan) }
      let fleet = Fleet(size: workers, coordinators: coordinators, token: token)
      let sessions = try await fleet.begin()
      let waiting = Task {
        await fleet.idle(sessions: sessions, heartbeats: true) { _, _ in }
      }
      // Until all have asked for the first time.
      try await Task.sleep(for: .seconds(15))
      let before = try coordinator.usage()
      try await Task.sleep(for: .seconds(seconds))
      let after = try coordinator.usage()
      waiting.cancel()
      await waiting.value
      return ((after.seconds - before.seconds) / seconds, after.megabytes)
    }
  }

  private func with<Result>(
    _ name: String, coordinators number: Int,
    _ body: (StoreDatabase, [CoordinatorProcess], _ token: String) async throws -> Result
  ) async throws -> Result {
    let database = try await cluster.makeStore(name)
    let token = try await database.store.createToken(name: "fleet", role: .work)
    var coordinators: [CoordinatorProcess] = []
    defer {
      for coordinator in coordinators { coordinator.stop() }
    }
    for index in 0..<number {
      coordinators.append(
        try await CoordinatorProcess(
          databaseURL: cluster.connectionString(name),
          folder: folder.appending(path: "\(name)-\(index)")))
    }
    let result = try await body(database, coordinators, token)
    await database.pool.shutdown()
    return result
  }
}
