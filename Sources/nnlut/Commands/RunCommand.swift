import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a job on this machine from start to artifact, in one command.",
    discussion: """
      Starts the private stack (or finds it running), submits the job, shows progress and fetches \
      the artifact it published. Ctrl-C cancels the job and keeps finished results; a second one \
      kills. Nothing that it started is left behind.
      """)

  @Argument(help: "The job file.") var jobFile: String
  @Option(help: "Worker processes, 1 to 1000; default: one for each core, at least two.")
  var workers: Int?
  @Option(name: [.customShort("o"), .customLong("out")], help: "Where the artifact goes.")
  var out = "out"
  @Flag(
    help:
      "Let workers fetch from private addresses, if this starts them (NNLUT_ALLOW_PRIVATE_ADDRESSES=1)."
  )
  var allowPrivateAddresses = false
  @OptionGroup var output: OutputOptions
  @Option(help: "The stack's folder (NNLUT_STATE_DIR).") var stateDir: String?

  func validate() throws {
    if let workers, !(1...1000).contains(workers) {
      throw ValidationError("--workers: \(workers) is out of range; write 1 to 1000")
    }
  }

  func run() async throws {
    let specification = try JobFile.read(jobFile)
    let stack = LocalStack(state: StateDirectory(given: stateDir))
    let signals = SignalStream([SIGINT, SIGTERM, SIGHUP])
    let interruption = Interruption(stack: stack)
    let listener = Task {
      for await _ in signals.signals { await interruption.signalled() }
    }
    defer { listener.cancel() }

    if allowPrivateAddresses, try stack.isRunningIfPresent() { throw StackError.workersAreRunning }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let use = try await stack.use(
      .init(
        workers: workers ?? (try stack.isRunningIfPresent() ? nil : max(2, cores)),
        databaseURL: ProcessInfo.processInfo.environment["DATABASE_URL"],
        allowsPrivateAddresses: allowPrivateAddresses))
    do {
      let succeeded = try await work(
        specification, stack: stack, use: use, interruption: interruption)
      try await stack.leave(use)
      if await interruption.isInterrupted { throw ExitStatus.interrupted }
      if !succeeded { throw ExitStatus.failed }
    } catch let status as ExitStatus {
      throw status
    } catch {
      try? await stack.leave(use)
      if await interruption.isInterrupted { throw ExitStatus.interrupted }
      throw error
    }
  }

  /// - Returns: Whether the job succeeded.
  private func work(
    _ specification: JobSpecification, stack: LocalStack, use: LocalStack.Use,
    interruption: Interruption
  ) async throws -> Bool {
    let client = CoordinatorClient(endpoint: use.endpoint.endpoint, token: use.endpoint.token)
    if let workers { _ = try await client.setPool("default", desired: workers) }
    guard await !interruption.isInterrupted else { return false }
    let (submitted, _) = try await client.submit(
      jobFile: try specification.encoded(), idempotencyKey: UUID().uuidString)
    await interruption.watch(client: client, job: submitted.id)
    let shows = output.format == .text
    let follower = JobFollower(
      client: client, job: submitted.id, shows: shows,
      isGone: { (try? stack.isRunning()) == false })
    let status: JobStatus
    do {
      status = try await follower.follow()
    } catch CoordinatorClientError.unreachable where follower.isGone() {
      throw StackError(
        "the stack was stopped while \(submitted.name) \(submitted.id.short) ran",
        remedy: "the job goes on with the next `nnlut up`; what was computed is kept")
    }
    let id = status.id.uuidString.lowercased()
    // A job that failed for want of a good variant has measured all the same.
    let report = status.state == .cancelled ? nil : try? await client.report(id)

    if shows {
      let reused = status.kinds.reduce(0) { $0 + $1.reused }
      let total = status.kinds.reduce(0) { $0 + $1.total }
      if reused > 0 { Terminal.write("\(reused) of \(total) results reused from earlier runs\n") }
      if let report {
        Terminal.write("\n" + ReportText.lines(report).map { $0 + "\n" }.joined() + "\n")
      }
    }
    if let failure = status.failure { Terminal.note("nnlut: \(failure.message)") }
    var fetched: ArtifactDownload.Fetched?
    if let reference = status.artifact {
      let artifact = try await ArtifactDownload(client: client).fetch(
        name: reference.name, reference: reference.digest.description, into: out)
      if shows {
        Terminal.write(
          "artifact \(artifact.name)@\(artifact.version) \(artifact.digest)\n"
            + "verified, in \(artifact.folder)\n")
      }
      fetched = artifact
    }
    if !shows {
      try Output.json(RunResult(status: status, report: report, artifact: fetched))
    }
    return status.state == .succeeded
  }

  struct RunResult: Encodable {
    var status: JobStatus
    var report: JobReport?
    /// What was fetched, verified, and where it is.
    var artifact: ArtifactDownload.Fetched?
  }
}

/// What Ctrl-C does: the first cancels the job, the second ends the stack at once.
actor Interruption {
  private let stack: LocalStack
  private var client: CoordinatorClient?
  private var job: UUID?
  private(set) var isInterrupted = false

  init(stack: LocalStack) { self.stack = stack }

  func watch(client: CoordinatorClient, job: UUID) async {
    self.client = client
    self.job = job
    if isInterrupted { await cancel() }
  }

  func signalled() async {
    if isInterrupted {
      Terminal.note("killing")
      try? await stack.stop(isUrgent: true)
      exit(ExitStatus.interrupted.rawValue)
    }
    isInterrupted = true
    Terminal.note("cancelling; finished results are kept (interrupt again to kill)")
    await cancel()
  }

  private func cancel() async {
    guard let client, let job else { return }
    _ = try? await client.cancel(job.uuidString.lowercased())
  }
}
