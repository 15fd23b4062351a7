import ArgumentParser
import Foundation

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Start PostgreSQL, a coordinator and workers on this machine, and leave them running."
  )

  @Option(help: "Worker processes; default: as before, or one for each core.") var workers: Int?
  @Option(help: "The coordinator's port on 127.0.0.1; 0: any.") var port = 0
  @Option(help: "The stack's folder (NNLUT_STATE_DIR).") var stateDir: String?

  func validate() throws {
    if let workers, !(0...1000).contains(workers) {
      throw ValidationError("--workers: \(workers) is out of range; write 0 to 1000")
    }
    guard (0...65535).contains(port) else {
      throw ValidationError("--port: \(port) is out of range; write 0 to 65535")
    }
  }

  func run() async throws {
    let stack = LocalStack(state: StateDirectory(given: stateDir))
    let wasRunning = try stack.isRunningIfPresent()
    let use = try await stack.use(
      .init(
        workers: workers, stays: true,
        databaseURL: ProcessInfo.processInfo.environment["DATABASE_URL"], port: port))
    Terminal.write(
      "\(wasRunning ? "already running" : "running") at \(use.endpoint.endpoint.absoluteString)\n")
    Terminal.write("state and logs: \(stack.state.root.path); stop with `nnlut down`\n")
  }
}
