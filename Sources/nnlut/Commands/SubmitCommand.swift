import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct SubmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Submit a calibration job.")

  @Argument(help: "The job file.") var jobFile: String
  @Flag(help: "Follow it to its end.") var watch = false
  @Option(help: "Submitting twice under one key gives one job.") var idempotencyKey: String?
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    guard idempotencyKey?.isEmpty != true else {
      throw ValidationError("--idempotency-key: it is empty; write 1 to 255 visible characters")
    }
  }

  func run() async throws {
    let specification = try JobFile.read(jobFile)
    let client = try connection.client()
    let (status, isNew) = try await client.submit(
      jobFile: try specification.encoded(), idempotencyKey: idempotencyKey)
    guard watch else {
      return try output.print(status) {
        ["\(isNew ? "submitted" : "already submitted:") \(status.name) \(status.id.short)"]
      }
    }
    let final = try await JobFollower(
      client: client, job: status.id, shows: output.format == .text
    ).follow()
    try output.print(final) { StatusText.lines(final) }
    if final.state != .succeeded { throw ExitStatus.failed }
  }
}

extension UUID {
  /// Enough of it for people to type.
  var short: String { String(uuidString.lowercased().prefix(8)) }
}
