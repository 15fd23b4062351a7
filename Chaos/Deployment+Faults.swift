import Foundation
import Jobs
import Postgres

extension Deployment {
  /// Makes a fault happen and, where it lasts, ends it again. Returns when it is over.
  /// - Throws: When the cluster cannot be put together again.
  func inject(_ fault: Fault, jobs: [UUID]) async throws {
    switch fault {
    case .killWorker(let number, let pause):
      await killWorker(number)
      try await Task.sleep(for: pause)
      try startWorker(number)
    case .freezeWorker(let number, let time):
      guard let process = workers[number]?.process else { return }
      process.sendToAll(SIGSTOP)
      try await Task.sleep(for: time)
      process.sendToAll(SIGCONT)
    case .crashWorker(let number):
      let children = workers[number]?.process.children ?? []
      for child in children { kill(child, SIGSEGV) }
      if children.isEmpty {
        await killWorker(number)
        try startWorker(number)
      }
    case .fillWorkerDisk(let number, let time):
      guard let disk = workers[number]?.disk else { return }
      disk.fill()
      try await Task.sleep(for: time)
      disk.empty()
    case .clockJump(let number, let seconds):
      try workers[number]?.falseClock?.set(seconds)
    case .drainWorker(let number): try await drain(number)
    case .killCoordinator(let number, let pause):
      await coordinators[number]?.process.killNow()
      try await Task.sleep(for: pause)
      try await startCoordinator(number)
    case .freezeCoordinator(let number, let time):
      guard let process = coordinators[number]?.process else { return }
      process.send(SIGSTOP)
      try await Task.sleep(for: time)
      process.send(SIGCONT)
    case .terminateBackends, .killBackend, .restartServer, .exhaustConnections, .holdSnapshot,
      .fillStoreDisk:
      try await disturbStore(fault)
    case .stall(let name, let directions, let time, let endsWithCut):
      guard let link = links[name] else { return }
      link.stall(directions)
      try await Task.sleep(for: time)
      if endsWithCut { link.cut() }
      link.heal()
    case .cut(let name, let time):
      guard let link = links[name] else { return }
      link.cut()
      try await Task.sleep(for: time)
      link.heal()
    case .delay(let name, let delay, let time):
      guard let link = links[name] else { return }
      link.setDelay(delay)
      try await Task.sleep(for: time)
      link.setDelay(.zero)
    case .dropReplies(let worker, let count): links[.worker(worker)]?.loseReplies(count)
    case .repeatRequests(let worker, let count): links[.worker(worker)]?.repeatRequests(count)
    case .cancelAndRetry(let job, let pause):
      guard jobs.indices.contains(job) else { return }
      let client = try client()
      _ = try? await client.cancel(jobs[job].uuidString)
      try await Task.sleep(for: pause)
      _ = try? await client.retry(jobs[job].uuidString)
    }
  }

  private func drain(_ number: Int) async throws {
    guard let process = workers[number]?.process else { return }
    let client = try client()
    let pids = [process.pid] + process.children
    let mine = try? await client.workers().first { worker in
      pids.contains { worker.worker.hasSuffix("-\($0)") }
    }
    guard let mine, (try? await client.drain(mine.session.uuidString)) != nil else {
      return
    }
    _ = await process.ended(within: .seconds(8))
    if process.isRunning { await killWorker(number) }
    try startWorker(number)
  }

  private func disturbStore(_ fault: Fault) async throws {
    switch fault {
    case .terminateBackends(let count):
      _ = try? await pool.query(
        """
        SELECT pg_terminate_backend(pid) AS ended FROM (
          SELECT pid FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
          ORDER BY random() LIMIT $1) b
        """, [.int(count)])
    case .killBackend:
      let rows = try? await pool.query(
        """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
        """)
      if let pid = try rows?.first?.decode("pid", as: Int32.self) { kill(pid, SIGKILL) }
    case .restartServer(let immediate): try await server.restart(immediate: immediate)
    case .exhaustConnections(let time): try await exhaustConnections(time)
    case .holdSnapshot(let time): try await holdSnapshot(time)
    case .fillStoreDisk(let time):
      storeDisk?.fill()
      try await Task.sleep(for: time)
      storeDisk?.empty()
    default: break
    }
  }

  private func exhaustConnections(_ time: Duration) async throws {
    let configuration = try PostgresConfiguration(
      connectionString: server.connectionString(database))
    var held: [PostgresConnection] = []
    while held.count < DatabaseServer.maximumConnections,
      let connection = try? await PostgresConnection.connect(configuration)
    {
      held.append(connection)
    }
    // Backends that end now leave room for nobody else.
    _ = try? await held.first?.query(
      """
      SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> ALL (
        SELECT pid FROM pg_stat_activity ORDER BY backend_start DESC LIMIT $1)
      """, [.int(held.count)])
    while let connection = try? await PostgresConnection.connect(configuration),
      held.count < DatabaseServer.maximumConnections
    {
      held.append(connection)
    }
    try await Task.sleep(for: time)
    for connection in held { connection.close() }
  }

  private func holdSnapshot(_ time: Duration) async throws {
    let configuration = try PostgresConfiguration(
      connectionString: server.connectionString(database))
    guard let connection = try? await PostgresConnection.connect(configuration) else { return }
    try? await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    _ = try? await connection.query("SELECT count(*) AS jobs FROM jobs")
    try await Task.sleep(for: time)
    connection.close()
  }

  /// Ends every fault that still lasts, and starts what is dead.
  /// - Throws: ``ChaosError`` when a coordinator or worker does not start.
  func healEverything() async throws {
    for link in links.values { link.healEverything() }
    storeDisk?.empty()
    for worker in workers.values {
      worker.disk?.empty()
      worker.process.sendToAll(SIGCONT)
    }
    for coordinator in coordinators.values { coordinator.process.send(SIGCONT) }
    try await server.cluster.waitUntilReady()
    for number in 0..<Schedule.coordinators {
      for _ in 0..<40 where coordinators[number]?.process.isRunning != true {
        try await startCoordinator(number)
        if coordinators[number]?.process.isRunning != true {
          try await Task.sleep(for: .milliseconds(250))
        }
      }
      guard coordinators[number]?.process.isRunning == true else {
        throw ChaosError("coordinator \(number) does not start; see its log")
      }
    }
    for number in workers.keys { try startWorker(number) }
  }

  /// Replies that were lost and requests that were repeated.
  func linkCounts() -> (lost: Int, repeated: Int) {
    links.values.map(\.counts).reduce((0, 0)) { ($0.0 + $1.lost, $0.1 + $1.repeated) }
  }
}
