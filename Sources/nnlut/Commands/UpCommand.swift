import ArgumentParser
import CoordinatorClient
import Foundation

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Start PostgreSQL, a coordinator and workers on this machine, and leave them running."
  )

  @Option(help: "Worker processes; default: as before, or one for each core.") var workers: Int?
  @Option(help: "The coordinator's port on 127.0.0.1; 0: any.") var port = 0
  @Flag(
    help:
      "Let workers fetch from private addresses, if this starts them (NNLUT_ALLOW_PRIVATE_ADDRESSES=1)."
  )
  var allowPrivateAddresses = false
  @OptionGroup var output: OutputOptions
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
        databaseURL: ProcessInfo.processInfo.environment["DATABASE_URL"], port: port,
        allowsPrivateAddresses: allowPrivateAddresses))
    let endpoint = use.endpoint.endpoint
    if wasRunning {
      if allowPrivateAddresses {
        throw StackError.workersAreRunning
      }
      if port != 0, let running = endpoint.port, running != port {
        throw StackError(
          "it is already running at \(endpoint.absoluteString), not on port \(port)",
          remedy: "stop it with `nnlut down` first, or leave --port out")
      }
      if let workers {
        _ = try await CoordinatorClient(endpoint: endpoint, token: use.endpoint.token)
          .setPool("default", desired: workers)
      }
    }
    let state = stack.state.root.path
    try output.print(
      Running(endpoint: endpoint.absoluteString, state: state, wasRunning: wasRunning)
    ) {
      [
        "\(wasRunning ? "already running" : "running") at \(endpoint.absoluteString)",
        "state and logs: \(state); stop with `nnlut down`",
      ]
    }
  }

  struct Running: Encodable {
    var endpoint: String
    var state: String
    var wasRunning: Bool
  }
}
