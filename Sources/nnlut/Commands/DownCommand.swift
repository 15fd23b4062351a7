import ArgumentParser
import Foundation

struct DownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "Stop this machine's stack; workers release what they run.")

  @Flag(help: "Also delete its database, cache and logs.") var purge = false
  @OptionGroup var output: OutputOptions
  @Option(help: "The stack's folder (NNLUT_STATE_DIR).") var stateDir: String?

  func run() async throws {
    let stack = LocalStack(state: StateDirectory(given: stateDir))
    let wasRunning = try stack.isRunningIfPresent()
    if wasRunning { try await stack.stop() }
    if purge { try stack.purge() }
    try output.print(Stopped(wasRunning: wasRunning, isPurged: purge)) {
      (wasRunning ? ["stopped"] : ["it was not running"])
        + (purge ? ["database, cache and logs in \(stack.state.root.path) are deleted"] : [])
    }
  }

  struct Stopped: Encodable {
    var wasRunning: Bool
    var isPurged: Bool
  }
}
