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
    @Option(help: "With --wait: give up after so many seconds without a change, 1 to 86400.")
    var timeout = 120
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
      guard (0...1000).contains(count) else {
        throw ValidationError("N: \(count) is out of range; write 0 to 1000")
      }
      guard (1...86_400).contains(timeout) else {
        throw ValidationError("--timeout: \(timeout) is out of range; write 1 to 86400")
      }
    }

    func run() async throws {
      let client = try connection.client()
      let size = try await client.setPool(pool, desired: count)
      if wait { try await waitForWorkers(client) }
      try output.print(size) { ["pool \(size.pool): \(size.desired) workers"] }
    }

    /// - Throws: ``StackError`` when nothing changes for too long.
    private func waitForWorkers(_ client: CoordinatorClient) async throws {
      var seen = -1
      var changed = ContinuousClock.now
      while true {
        let live = try await client.workers().count { $0.pool == pool }
        if live == count { return }
        if live != seen { changed = .now }
        seen = live
        guard ContinuousClock.now - changed < .seconds(timeout) else {
          throw StackError(
            "pool '\(pool)' has \(live) of \(count) workers, and none came or went for "
              + "\(timeout) s",
            remedy: "the size is stored, but somebody must act on it: `nnlut up` serves the pool "
              + "'default', elsewhere start workers with --pool \(pool); their logs say why they "
              + "do not come; or wait longer with --timeout")
        }
        try await Task.sleep(for: .milliseconds(200))
      }
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
