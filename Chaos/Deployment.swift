import CoordinatorClient
import Foundation
import JobStore
import Jobs
import Logging
import Postgres

/// The cluster of one schedule: a database of its own on the lane's server, coordinators, workers
/// and the links between them.
actor Deployment {
  struct Worker: Sendable {
    var process: ManagedProcess
    /// Its clock's error, seconds; nil: none was ever asked for.
    var falseClock: FalseClock?
    var disk: SmallDisk?
  }

  /// A worker process that was killed, and when.
  struct Death: Sendable {
    var journal: String
    var at: Date
  }

  nonisolated let schedule: Schedule
  nonisolated let server: DatabaseServer
  nonisolated let folder: URL
  nonisolated let database: String
  nonisolated let pool: PostgresPool
  private let setup: Setup
  private let tokens: (worker: String, user: String)
  private(set) var links: [LinkName: FaultLink] = [:]
  private(set) var deaths: [Death] = []
  var coordinators: [Int: (process: ManagedProcess, port: Int)] = [:]
  var workers: [Int: Worker] = [:]
  private var generation = 0
  private var isClosing = false
  nonisolated let storeDisk: SmallDisk?

  /// What all schedules of a run share.
  struct Setup: Sendable {
    var program: URL
    var harness: URL
    var abilities: Abilities
  }

  init(_ schedule: Schedule, on server: DatabaseServer, folder: URL, setup: Setup) async throws {
    self.schedule = schedule
    self.server = server
    self.folder = folder
    self.setup = setup
    database = "chaos_\(schedule.seed)_\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(
      at: folder.appending(path: "journals"), withIntermediateDirectories: true)
    storeDisk =
      schedule.needsSmallDisks
      ? try SmallDisk(at: folder.appending(path: "store"), megabytes: 192) : nil
    pool = try await Self.makeDatabase(database, on: server, disk: storeDisk)
    let store = try await JobStore.open(pool: pool, logger: Logger.silent)
    tokens = (
      try await store.createToken(name: "chaos-worker", role: .work),
      try await store.createToken(name: "chaos-user", role: .admin)
    )
  }

  private static func makeDatabase(_ name: String, on server: DatabaseServer, disk: SmallDisk?)
    async throws -> PostgresPool
  {
    let administration = PostgresPool(
      configuration: try PostgresConfiguration(
        connectionString: server.connectionString(EmbeddedCluster.name)),
      maximumConnections: 1, logger: Logger.silent)
    var tablespace = ""
    if let disk {
      let place = disk.folder.appending(path: "space")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      if let user = getpwnam("postgres"), geteuid() == 0 {
        chown(place.path, user.pointee.pw_uid, user.pointee.pw_gid)
      }
      _ = try await administration.query(
        "CREATE TABLESPACE \(name) LOCATION '\(place.path)'")
      tablespace = " TABLESPACE \(name)"
    }
    _ = try await administration.query("CREATE DATABASE \(name)\(tablespace)")
    await administration.shutdown()
    let pool = PostgresPool(
      configuration: try PostgresConfiguration(connectionString: server.connectionString(name)),
      maximumConnections: 3, logger: Logger.silent)
    try await JobStore.migrate(pool: pool, logger: Logger.silent)
    return pool
  }

  // MARK: - Starting

  func start() async throws {
    for number in 0..<Schedule.coordinators {
      links[.database(number)] = try FaultLink(to: .unixSocket(server.socket))
      try await startCoordinator(number)
    }
    links[.user] = try FaultLink(to: .ports(ports))
    for number in 0..<schedule.workers {
      links[.worker(number)] = try FaultLink(to: .ports(ports))
      try startWorker(number)
    }
  }

  private var ports: [Int] { coordinators.values.map(\.port) }

  /// The user's client; its requests pass a link like all others.
  func client() throws -> CoordinatorClient {
    guard let port = links[.user]?.port, let url = URL(string: "http://127.0.0.1:\(port)") else {
      throw ChaosError("the cluster does not run")
    }
    return CoordinatorClient(endpoint: url, token: tokens.user)
  }

  func startCoordinator(_ number: Int) async throws {
    guard !isClosing, coordinators[number]?.process.isRunning != true,
      let link = links[.database(number)]
    else { return }
    let output = Pipe()
    let process = try ManagedProcess(
      setup.program,
      ["coordinator", "--port", "0", "--ready-fd", "1", "--lifeline-fd", "0"],
      environment: [
        "DATABASE_URL": server.connectionString(database, through: link.port),
        "NNLUT_COORDINATOR_LEASE": String(schedule.leaseSeconds),
        "NNLUT_DATABASE_CONNECTIONS": "8", "NNLUT_LOG_LEVEL": "info",
        "NNLUT_STATE_DIR": folder.path,
      ], output: output, log: folder.appending(path: "coordinator-\(number).log"))
    let line = await Self.firstLine(output)
    // Without a database it does not start; whoever runs it tries again.
    guard let port = Int(line) else { return }
    coordinators[number] = (process, port)
    for (name, link) in links {
      if case .database = name { continue }
      link.setUpstream(.ports(ports))
    }
  }

  private static func firstLine(_ pipe: Pipe) async -> String {
    let handle = pipe.fileHandleForReading
    return await withCheckedContinuation { continuation in
      let thread = Thread {
        let bytes = (try? handle.readToEnd()) ?? nil
        try? handle.close()
        continuation.resume(
          returning: String(decoding: bytes ?? Data(), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines))
      }
      thread.start()
    }
  }

  func startWorker(_ number: Int) throws {
    guard !isClosing, workers[number]?.process.isRunning != true,
      let link = links[.worker(number)]
    else { return }
    generation += 1
    let journal = folder.appending(path: "journals/worker-\(number)-\(generation).jsonl").path
    let cache = folder.appending(path: "cache-\(number)")
    var disk = workers[number]?.disk
    if disk == nil, schedule.needsSmallDisks {
      disk = try SmallDisk(at: cache, megabytes: schedule.workload == .real ? 48 : 8)
    }
    var environment = [
      "NNLUT_TOKEN": tokens.worker, "NNLUT_ENDPOINT": "http://127.0.0.1:\(link.port)",
      "OPENBLAS_NUM_THREADS": "1", "NNLUT_STATE_DIR": folder.path, "NNLUT_LOG_LEVEL": "info",
    ]
    var clock = workers[number]?.falseClock
    if clock == nil, setup.abilities.falseClocks, jumpsClock(number) {
      let ours = FalseClock(
        file: folder.appending(path: "clock-\(number)"),
        libraries: setup.harness.deletingLastPathComponent())
      try ours.set(0)
      clock = ours
    }
    environment.merge(clock?.environment ?? [:]) { $1 }
    let arguments: [String]
    switch schedule.workload {
    case .tiny:
      arguments = []
      environment[SimulatedWorker.journalVariable] = journal
      environment[SimulatedWorker.cacheVariable] = cache.path
    case .real:
      arguments = [
        "worker", "--slots", "1", "--cache", cache.path, "--journal", journal,
        "--allow-folder", "/", "--lifeline-fd", "0", "--grace", "2",
      ]
    }
    let process = try ManagedProcess(
      schedule.workload == .tiny ? setup.harness : setup.program, arguments,
      environment: environment, log: folder.appending(path: "worker-\(number).log"))
    workers[number] = Worker(
      process: process, falseClock: clock, disk: disk)
    journals[process.pid] = journal
  }

  private var journals: [pid_t: String] = [:]

  private func jumpsClock(_ number: Int) -> Bool {
    schedule.steps.contains { step in
      if case .clockJump(number, _) = step.fault { true } else { false }
    }
  }

  func killWorker(_ number: Int) async {
    guard let process = workers[number]?.process, process.isRunning else { return }
    let at = Date()
    await process.killNow()
    if let journal = journals[process.pid] { deaths.append(Death(journal: journal, at: at)) }
  }

  // MARK: - Ending

  /// Lets workers go in peace, then ends everything.
  /// - Returns: Workers that did not end when asked.
  func stopWorkers() async -> [Int] {
    isClosing = true
    for worker in workers.values {
      worker.process.sendToAll(SIGCONT)
      worker.process.send(SIGTERM)
    }
    var stubborn: [Int] = []
    for (number, worker) in workers where await !worker.process.ended(within: .seconds(20)) {
      stubborn.append(number)
      await worker.process.killNow()
    }
    return stubborn.sorted()
  }

  func remove() async {
    isClosing = true
    for worker in workers.values { await worker.process.killNow() }
    for coordinator in coordinators.values { await coordinator.process.killNow() }
    for link in links.values { link.close() }
    for worker in workers.values { worker.disk?.remove() }
    await dropDatabase()
    storeDisk?.remove()
    await pool.shutdown()
  }

  private func dropDatabase() async {
    await pool.shutdown()
    guard
      let configuration = try? PostgresConfiguration(
        connectionString: server.connectionString(EmbeddedCluster.name))
    else { return }
    let administration = PostgresPool(
      configuration: configuration, maximumConnections: 1, logger: Logger.silent)
    _ = try? await administration.query("DROP DATABASE IF EXISTS \(database) WITH (FORCE)")
    if storeDisk != nil { _ = try? await administration.query("DROP TABLESPACE \(database)") }
    await administration.shutdown()
  }
}

extension Logger {
  static let silent = Logger(label: "chaos") { _ in SwiftLogNoOpLogHandler() }
}
