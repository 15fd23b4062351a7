import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Cancel a job; finished results are kept.")

  @Argument(help: "The job: its id, the first characters of it, or its name (the newest).")
  var job: String
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let status = try await connection.client().cancel(job)
    try output.print(status) { ["\(status.name) \(status.id.short) is \(status.state.rawValue)"] }
  }
}
