import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct LogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Print a job's history.")

  @Argument(help: "The job: its id, the first characters of it, or its name (the newest).")
  var job: String
  @Flag(help: "Go on until the job ends.") var follow = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let client = try connection.client()
    let id = try await client.job(job).id.uuidString.lowercased()
    for try await event in client.events(id, follow: follow) {
      switch output.format {
      case .json:
        let line = try WireFormat.encoder().encode(event)
        Terminal.write(String(decoding: line, as: UTF8.self) + "\n")
      case .text:
        let task = event.task.map { " \($0)" } ?? ""
        let message = event.message.isEmpty ? "" : ": \(event.message)"
        Terminal.write("\(Readable.time(event.at)) \(event.event)\(task)\(message)\n")
      }
    }
  }
}
