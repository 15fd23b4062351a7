import CoordinatorClient
import Foundation
import Jobs
import TestSupport
import Testing

/// What becomes of work when the real process that does it dies, with the default lease of 30 s:
/// nobody waits for it.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct WorkerDeathTests {
  /// Swift's backtraces would catch the signals that the tests send.
  private static func fixture(leaseSeconds: Int = 30) async throws -> LocalStackFixture {
    var fixture = try await LocalStackFixture(leaseSeconds: leaseSeconds)
    fixture.program.environment["SWIFT_BACKTRACE"] = "enable=no"
    return fixture
  }

  /// The process that works, as its worker's name says.
  private func worker(_ client: CoordinatorClient, except old: pid_t? = nil) async throws -> pid_t {
    while true {
      for worker in try await client.workers() {
        if let pid = worker.worker.split(separator: "-").last.flatMap({ pid_t($0) }), pid != old {
          return pid
        }
      }
    }
  }

  /// Submits the job and lets the worker's process run from moment to moment until it stands still
  /// with a task leased.
  private func caught(
    _ pid: pid_t, _ fixture: LocalStackFixture, _ client: CoordinatorClient
  ) async throws -> (job: String, task: TaskStatus) {
    let submitted = try await fixture.program.run(
      "submit", fixture.jobFile.path, "--output", "json")
    let job = try submitted.json(JobStatus.self, decoder: WireFormat.decoder()).id.uuidString
    while true {
      kill(pid, SIGCONT)
      try #require(try await !client.job(job).state.isFinal)
      kill(pid, SIGSTOP)
      if let task = try await leased(job, client) { return (job, task) }
    }
  }

  /// A task of which the stopped worker has not already reported the end: what it sent before it was
  /// stopped arrives while we look again.
  private func leased(_ job: String, _ client: CoordinatorClient) async throws -> TaskStatus? {
    var found: TaskStatus?
    for look in 0..<20 {
      let task = try await client.tasks(job).first { $0.state == .leased }
      guard let task, look == 0 || (task.name, task.attempt) == (found?.name, found?.attempt)
      else { return nil }
      found = task
    }
    return found
  }

  @Test func aDeadWorkersTasksComeBackAtOnceWithWhatItDiedOf() async throws {
    let fixture = try await Self.fixture()
    #expect(try await fixture.program.run("up", "--workers", "0").status == 0)
    let client = try fixture.client()
    let keeper = try fixture.program.start([
      "worker", "--allow-folder", "/", "--cache", fixture.folder.appending(path: "cache").path,
    ])
    let first = try await worker(client)
    let (job, task) = try await caught(first, fixture, client)
    // The one signal after which nothing of a stopped process runs any more: no task ends meanwhile.
    kill(first, SIGKILL)

    let watched = try await fixture.program.run("watch", job, "--output", "json")
    #expect(watched.status == 0, "\(watched.errors)")
    #expect(keeper.isRunning)
    let second = try await worker(client)
    #expect(second != first)
    let attempts = try await client.attempts(job)
    let death = try #require(attempts.first)
    #expect(attempts.count == 1 && death.task == task.name && death.attempt == task.attempt)
    #expect(death.outcome == .crashed && death.signal == "SIGKILL" && death.isCounted == true)
    #expect(death.worker?.hasSuffix("-\(first)") == true)
    #expect(death.log?.contains("session begins") == true)
    let text = try await fixture.program.run("status", job, "--tasks")
    let line = "\(task.name), attempt 1: crashed by SIGKILL (too little memory?) on"
    #expect(text.output.contains(line))
    #expect(text.output.contains("    | "))

    // Who kills the process that was started ends the work with it: it says goodbye by itself.
    kill(keeper.processIdentifier, SIGKILL)
    keeper.waitUntilExit()
    while try await !client.workers().isEmpty {}
    try await fixture.remove()
  }

  @Test(.timeLimit(.minutes(2))) func aWorkerThatHangsIsKilledAfterItsGrace() async throws {
    let fixture = try await Self.fixture()
    #expect(try await fixture.program.run("up", "--workers", "0").status == 0)
    let keeper = try fixture.program.start([
      "worker", "--grace", "0", "--cache", fixture.folder.appending(path: "cache").path,
    ])
    kill(try await worker(try fixture.client()), SIGSTOP)
    kill(keeper.processIdentifier, SIGTERM)
    keeper.waitUntilExit()
    #expect(keeper.terminationStatus == 128 + SIGKILL)
    try await fixture.remove()
  }

  @Test func signalsAndExitStatusesPassThroughTheKeeper() async throws {
    let fixture = try await Self.fixture()
    #expect(try await fixture.program.run("up", "--workers", "0").status == 0)
    let client = try fixture.client()
    for (restart, signal, status) in [
      ("--restart", SIGTERM, 0), ("--restart", SIGINT, 0), ("--no-restart", SIGABRT, 128 + SIGABRT),
    ] as [(String, Int32, Int32)] {
      let keeper = try fixture.program.start([
        "worker", restart, "--cache", fixture.folder.appending(path: "cache").path,
      ])
      let pid = try await worker(client)
      kill(signal == SIGABRT ? pid : keeper.processIdentifier, signal)
      keeper.waitUntilExit()
      #expect(keeper.terminationStatus == status)
      #expect(kill(pid, 0) != 0, "the worker is gone")
      #expect(try await client.workers().isEmpty, "\(restart), signal \(signal)")
    }
    try await fixture.remove()
  }

  /// NNLUT: a killed worker's leases are taken over within 45 s at the default lease of 30 s; here
  /// with a lease of 2 s, and nobody there to see it die.
  @Test func aWorkerThatIsStoppedLosesItsTaskAndGoesOnAfterwards() async throws {
    let fixture = try await Self.fixture(leaseSeconds: 2)
    #expect(try await fixture.program.run("up", "--workers", "0").status == 0)
    let client = try fixture.client()
    let arguments = [
      "worker", "--no-keeper", "--allow-folder", "/", "--cache",
      fixture.folder.appending(path: "cache").path,
    ]
    let zombie = try fixture.program.start(arguments)
    let pid = try await worker(client)
    let (job, task) = try await caught(pid, fixture, client)
    let old = try await client.workers().map(\.session)
    // Its lease ends; nobody else is there.
    var attempts: [TaskAttempt] = []
    while attempts.isEmpty { attempts = try await client.attempts(job) }
    let lost = try #require(attempts.first)
    #expect(lost.outcome == .crashed && lost.signal == nil)
    let seconds = lost.endedAt.timeIntervalSince(try #require(lost.startedAt))
    // Lease, the silence before it, and a round of housekeeping; a busy machine may be late.
    #expect(seconds >= 2 && seconds < 20)

    // It wakes, finds its session gone, drops what it had, and does the whole job in a new one.
    kill(pid, SIGCONT)
    let watched = try await fixture.program.run("watch", job, "--output", "json")
    #expect(watched.status == 0, "\(watched.errors)")
    #expect(zombie.isRunning)
    #expect(try await client.workers().map(\.session) != old)
    #expect(try await client.tasks(job).first { $0.name == task.name }?.attempt == 2)
    kill(pid, SIGTERM)
    zombie.waitUntilExit()
    #expect(zombie.terminationStatus == 0)
    try await fixture.remove()
  }

  @Test func waitingForWorkersThatNobodyStartsEnds() async throws {
    let fixture = try await Self.fixture()
    #expect(try await fixture.program.run("up", "--workers", "0").status == 0)
    let outcome = try await fixture.program.run(
      "workers", "scale", "2", "--pool", "elsewhere", "--wait", "--timeout", "1")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("pool 'elsewhere' has 0 of 2 workers"))
    try await fixture.remove()
  }

  /// What `run` began belongs to the store: it goes on when somebody next starts the stack.
  @Test func aJobOutlivesTheCommandThatRanIt() async throws {
    let fixture = try await Self.fixture()
    let output = Pipe()
    let run = try fixture.program.start(
      ["run", fixture.jobFile.path, "--workers", "1"], output: output)
    // The first line of progress: the job runs.
    _ = try output.fileHandleForReading.read(upToCount: 1)
    kill(run.processIdentifier, SIGKILL)
    run.waitUntilExit()
    // The supervisor notices that its last user is gone and stops everything.
    while try !ProcessTable.children(named: "", under: fixture.state).isEmpty {}
    #expect(try await fixture.program.run("up", "--workers", "2").status == 0)
    let watched = try await fixture.program.run("watch", "tiny", "--output", "json")
    #expect(watched.status == 0, "\(watched.errors)")
    try await fixture.remove()
  }
}
