import Foundation
import Jobs
import TestSupport
import Testing

/// The whole system as real processes (DESIGN §7 "Determinism"): the same job gives the same
/// artifact digest whatever the number of workers and whatever dies on the way.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct EndToEndTests {
  struct RunResult: Decodable {
    var status: JobStatus
  }

  private func run(_ fixture: LocalStackFixture, workers: Int, out: String) async throws
    -> JobStatus
  {
    let outcome = try await fixture.program.run(
      "run", fixture.jobFile.path, "--workers", String(workers), "--output", "json", "--out",
      fixture.folder.appending(path: out).path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.json(RunResult.self, decoder: WireFormat.decoder()).status
  }

  @Test func oneCommandFromJobFileToVerifiedArtifact() async throws {
    let fixture = try await LocalStackFixture()
    let first = try await run(fixture, workers: 2, out: "first")
    #expect(first.state == .succeeded)
    #expect(first.kinds.allSatisfy { $0.succeeded == $0.total })
    let artifact = try #require(first.artifact)
    #expect(artifact.version == 1)

    let folder = fixture.folder.appending(path: "first/tiny").path
    #expect(try await fixture.program.run("artifact", "verify", folder).status == 0)

    // Nothing is left behind: the supervisor's lock is free and its endpoint file is gone.
    #expect(try await fixture.program.run("jobs").status == 4)

    let second = try await run(fixture, workers: 1, out: "second")
    #expect(second.artifact?.digest == artifact.digest)
    #expect(second.artifact?.version == 1)
    let reused = second.kinds.reduce(0) { $0 + $1.reused }
    let shareable = second.kinds.filter { $0.kind.isShared }.reduce(0) { $0 + $1.total }
    #expect(reused == shareable)

    // A damaged file is noticed.
    let tables = fixture.folder.appending(path: "second/tiny/tables.safetensors")
    var bytes = try Data(contentsOf: tables)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: tables)
    let verdict = try await fixture.program.run(
      "artifact", "verify", tables.deletingLastPathComponent().path)
    #expect(verdict.status == 1)
    #expect(verdict.errors.contains("tables.safetensors"))
    try await fixture.remove()
  }

  /// Without weights the scaling of the paper needs inputs from 1 on, which the random BERT's variances
  /// never reach.
  @Test func aVariantThatCannotBeMadeFailsAlone() async throws {
    let fixture = try await LocalStackFixture()
    try fixture.replaceVariants(with: [
      "{approximator: nn-lut, entries: 8, scaling: paper, calibrate: false, range: observed}",
      "{approximator: nn-lut, entries: 8}",
    ])
    #expect(try await run(fixture, workers: 2, out: "out").state == .succeeded)
    let evidence = try String(
      contentsOf: fixture.folder.appending(path: "out/tiny/evidence/report.json"), encoding: .utf8)
    #expect(evidence.contains("cannot be made: embeddings.LayerNorm.rsqrt: "))
    #expect(evidence.contains("; 1 more cannot be made\",\"variant\":1"))

    var text = try String(contentsOf: fixture.jobFile, encoding: .utf8)
    text += "\nrequire: all\n"
    try Data(text.utf8).write(to: fixture.jobFile)
    let refused = try await fixture.program.run("run", fixture.jobFile.path, "--workers", "2")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("LayerNorm.rsqrt"), "\(refused.errors)")
    try await fixture.remove()
  }

  @Test func theDigestDoesNotDependOnWorkers() async throws {
    var digests: Set<String> = []
    for workers in [1, 2, 4] {
      let fixture = try await LocalStackFixture()
      let status = try await run(fixture, workers: workers, out: "out")
      digests.insert(try #require(status.artifact).digest.description)
      try await fixture.remove()
    }
    #expect(digests.count == 1)
  }

  /// SIGKILL while a task of the kind is certainly leased: the workers are stopped, the leases are
  /// looked at, and only then is the holder killed.
  @Test func workersKilledInEveryStageChangeNothing() async throws {
    let undisturbed = try await LocalStackFixture()
    let expected = try #require(
      try await run(undisturbed, workers: 2, out: "out").artifact?.digest)
    try await undisturbed.remove()

    let fixture = try await LocalStackFixture(leaseSeconds: 2)
    #expect(try await fixture.program.run("up", "--workers", "0").status == 0)
    let client = try fixture.client()
    let submitted = try await fixture.program.run(
      "submit", fixture.jobFile.path, "--output", "json")
    let job = try submitted.json(JobStatus.self, decoder: WireFormat.decoder()).id.uuidString

    var remaining = Set(TaskKind.allCases)
    var killed: Set<TaskKind> = []
    var worker: WorkerUnderControl?
    while true {
      let status = try await client.job(job)
      if status.state.isFinal { break }
      let running: WorkerUnderControl
      if let worker {
        running = worker
      } else {
        running = WorkerUnderControl(
          try fixture.program.start([
            "worker", "--no-keeper", "--allow-folder", "/", "--cache",
            fixture.folder.appending(path: "cache").path,
          ]))
      }
      worker = running
      running.goOn()
      _ = try await client.job(job)
      running.pause()
      let leased = try await client.tasks(job).filter { $0.state == .leased }
      let hit = leased.first {
        remaining.contains($0.kind) && $0.worker?.contains(running.pid) == true
      }
      if let hit {
        running.kill()
        worker = nil
        remaining.remove(hit.kind)
        killed.insert(hit.kind)
      }
    }
    worker?.goOn()
    worker?.kill()
    let final = try await client.job(job)
    #expect(final.state == .succeeded, "\(String(describing: final.failure))")
    #expect(final.artifact?.digest == expected)
    #expect(killed == Set(TaskKind.allCases))
    try await fixture.remove()
  }

  @Test(arguments: [StackPart.coordinator, .database])
  func whatIsKilledIsStartedAgainAndTheJobEnds(_ part: StackPart) async throws {
    let fixture = try await LocalStackFixture()
    #expect(try await fixture.program.run("up", "--workers", "2").status == 0)
    let client = try fixture.client()
    let submitted = try await fixture.program.run(
      "submit", fixture.jobFile.path, "--output", "json")
    let id = try submitted.json(JobStatus.self, decoder: WireFormat.decoder()).id.uuidString
    // As soon as the plan is known, in the middle of the work.
    for try await event in client.events(id) where event.event == "planned" { break }
    let processes = try part.processes(fixture)
    #expect(processes.count == 1)
    for pid in processes { kill(pid, SIGKILL) }
    let watched = try await fixture.program.run("watch", id, "--output", "json")
    #expect(watched.status == 0, "\(watched.errors)")
    try await fixture.remove()
  }

  enum StackPart {
    case coordinator, database

    func processes(_ fixture: LocalStackFixture) throws -> [pid_t] {
      switch self {
      case .coordinator:
        return try ProcessTable.children(named: "coordinator", under: fixture.state)
      case .database:
        let file = fixture.state.appending(path: "postgres/postmaster.pid")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        return lines.prefix(1).compactMap { pid_t($0) }
      }
    }
  }

  @Test func interruptedRunsLeaveNothingBehind() async throws {
    let fixture = try await LocalStackFixture()
    let output = Pipe()
    let process = try fixture.program.start(
      ["run", fixture.jobFile.path, "--workers", "2"], output: output)
    // The first line of progress: the job runs.
    _ = try output.fileHandleForReading.read(upToCount: 1)
    kill(process.processIdentifier, SIGINT)
    let drained = Thread { _ = try? output.fileHandleForReading.readToEnd() }
    drained.start()
    await withCheckedContinuation { continuation in
      Thread {
        process.waitUntilExit()
        continuation.resume()
      }.start()
    }
    #expect([0, 130].contains(process.terminationStatus))
    #expect(try ProcessTable.children(named: "", under: fixture.state).isEmpty)
    // What was finished is kept, and the same job goes on from there.
    #expect(try await run(fixture, workers: 2, out: "out").state == .succeeded)
    try await fixture.remove()
  }

  @Test func scalingStartsAndDrainsRealProcesses() async throws {
    let fixture = try await LocalStackFixture()
    #expect(try await fixture.program.run("up", "--workers", "1").status == 0)
    let client = try fixture.client()
    for count in ["3", "1"] {
      #expect(
        try await fixture.program.run("workers", "scale", count, "--wait").status == 0)
      #expect(try await client.workers().count == Int(count))
    }
    #expect(try await fixture.program.run("down").status == 0)
    #expect(try ProcessTable.children(named: "", under: fixture.state).isEmpty)
    // It ended by itself, when what it had to reply was written.
    let log = fixture.state.appending(path: "logs/coordinator.log")
    let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
    #expect(!lines.isEmpty && lines.filter { $0.contains(" error ") }.isEmpty)
    // The database is kept and `up` finds it again.
    #expect(try await fixture.program.run("up").status == 0)
    #expect(try await fixture.program.run("workers", "scale", "1", "--wait").status == 0)
    #expect(try await fixture.client().workers().count == 1)
    try await fixture.remove()
  }
}
