import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Show what a job measured, variant by variant.")

  @Argument(help: "The job: its id, the first characters of it, or its name (the newest).")
  var job: String
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let report = try await connection.client().report(job)
    try output.print(report) { ReportText.lines(report) }
  }
}
