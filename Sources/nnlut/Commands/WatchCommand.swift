import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow a job to its end.")

  @Argument(help: "The job: its id, the first characters of it, or its name (the newest).")
  var job: String
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let client = try connection.client()
    let status = try await client.job(job)
    let final = try await JobFollower(
      client: client, job: status.id, shows: output.format == .text
    ).follow()
    try output.print(final) { StatusText.lines(final) }
    if final.state != .succeeded { throw ExitStatus.failed }
  }
}
