import ArgumentParser
import Foundation

struct DownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "Stop this machine's stack; workers release what they run.")

  @Flag(help: "Also delete its database, cache and logs.") var purge = false
  @Option(help: "The stack's folder (NNLUT_STATE_DIR).") var stateDir: String?

  func run() async throws {
    let stack = LocalStack(state: StateDirectory(given: stateDir))
    let wasRunning = try stack.isRunningIfPresent()
    if wasRunning { try await stack.stop() }
    if purge {
      try stack.purge()
      Terminal.write("stopped, and \(stack.state.root.path) is deleted\n")
    } else {
      Terminal.write(wasRunning ? "stopped\n" : "it was not running\n")
    }
  }
}
