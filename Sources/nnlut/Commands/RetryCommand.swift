import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Go on with a failed or cancelled job from what succeeded.")

  @Argument(help: "The job: its id, the first characters of it, or its name (the newest).")
  var job: String
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let status = try await connection.client().retry(job)
    try output.print(status) { ["\(status.name) \(status.id.short) is \(status.state.rawValue)"] }
  }
}
