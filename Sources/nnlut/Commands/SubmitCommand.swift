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
  @Option(help: "Larger goes first, -100 to 100; replaces the job file's.") var priority: Int?
  @Option(help: "Its share among jobs of its priority, 0.01 to 100; replaces the job file's.")
  var weight: Double?
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    if let priority, !JobScheduling.priorities.contains(priority) {
      throw ValidationError("--priority: \(priority) is out of range; write -100 to 100")
    }
    if let weight, !JobScheduling.weights.contains(weight) {
      throw ValidationError("--weight: \(weight) is out of range; write 0.01 to 100")
    }
    guard idempotencyKey?.isEmpty != true else {
      throw ValidationError("--idempotency-key: it is empty; write 1 to 255 visible characters")
    }
  }

  func run() async throws {
    var specification = try JobFile.read(jobFile)
    specification.scheduling.priority = priority ?? specification.scheduling.priority
    specification.scheduling.weight = weight ?? specification.scheduling.weight
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
