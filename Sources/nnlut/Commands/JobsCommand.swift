import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct JobsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "List jobs, newest first.")

  @Option(help: "At most this many, 1 to 1000.") var limit = 50
  @Flag(help: "Show what of the token's quotas is in use, and nothing else.") var quota = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    guard (1...1000).contains(limit) else {
      throw ValidationError("--limit: \(limit) is out of range; write 1 to 1000")
    }
  }

  func run() async throws {
    if quota {
      let use = try await connection.client().token()
      return try output.print(use) { QuotaText.lines(use) }
    }
    let jobs = try await connection.client().jobs(limit: limit)
    try output.print(jobs) {
      var table = TextTable([
        ("job", .left), ("name", .left), ("state", .left), ("tasks", .right), ("reused", .right),
        ("created", .left), ("artifact", .left),
      ])
      for job in jobs {
        let total = job.kinds.reduce(0) { $0 + $1.total }
        let done = job.kinds.reduce(0) { $0 + $1.succeeded }
        let reused = job.kinds.reduce(0) { $0 + $1.reused }
        table.add([
          job.id.short, job.name, job.state.rawValue, "\(done)/\(total)", String(reused),
          Readable.time(job.createdAt),
          job.artifact.map { "\($0.name)@\($0.version)" } ?? "",
        ])
      }
      return table.lines
    }
  }
}
