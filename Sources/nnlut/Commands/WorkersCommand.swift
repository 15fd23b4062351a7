import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct WorkersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workers", abstract: "List, scale or drain workers.",
    subcommands: [List.self, Scale.self, Drain.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List live workers.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      let workers = try await connection.client().workers()
      try output.print(workers) {
        var table = TextTable([
          ("worker", .left), ("session", .left), ("pool", .left), ("slots", .right),
          ("state", .left), ("running", .left),
        ])
        for worker in workers {
          let state =
            worker.isDraining ? "draining" : worker.running.isEmpty ? "idle" : "running"
          table.add([
            worker.worker, worker.session.short, worker.pool, String(worker.slots), state,
            worker.running.joined(separator: ", "),
          ])
        }
        return table.lines
      }
    }
  }

  struct Scale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say how many worker processes a pool's supervisor should keep.")

    @Argument(help: "How many, 0 to 1000.") var count: Int
    @Option(help: "The pool.") var pool = "default"
    @Flag(help: "Wait until that many are live.") var wait = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
      guard (0...1000).contains(count) else {
        throw ValidationError("N: \(count) is out of range; write 0 to 1000")
      }
    }

    func run() async throws {
      let client = try connection.client()
      let size = try await client.setPool(pool, desired: count)
      if wait {
        while try await client.workers().count(where: { $0.pool == pool }) != count {
          try await Task.sleep(for: .milliseconds(200))
        }
      }
      try output.print(size) { ["pool \(size.pool): \(size.desired) workers"] }
    }
  }

  struct Drain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a worker finish what it runs and end.")

    @Argument(help: "The worker's name, or its session or the first characters of it.")
    var worker: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      try await connection.client().drain(worker)
      try output.print(["draining": worker]) { ["\(worker) drains"] }
    }
  }
}
