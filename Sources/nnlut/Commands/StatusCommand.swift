import ArgumentParser
import CoordinatorClient
import Foundation
import Jobs

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how far a job is, and what was reused.",
    discussion: """
      Of a failed job the attempts of the tasks that failed are shown: where, of what, and the last \
      lines of a worker that died. --tasks shows all attempts that gave no result.
      """)

  @Argument(help: "The job: its id, the first characters of it, or its name (the newest).")
  var job: String
  @Flag(help: "List every task.") var tasks = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var connection: ConnectionOptions

  struct Detailed: Encodable {
    var status: JobStatus
    var tasks: [TaskStatus]
    /// Those that gave no result.
    var attempts: [TaskAttempt]
  }

  func run() async throws {
    let client = try connection.client()
    let status = try await client.job(job)
    let id = status.id.uuidString.lowercased()
    guard tasks || (status.state == .failed && output.format == .text) else {
      return try output.print(status) { StatusText.lines(status) }
    }
    let list = try await client.tasks(id)
    let attempts = try await client.attempts(id)
    guard tasks else {
      let failed = Set(list.filter { $0.state == .failed }.map(\.name))
      let told = AttemptText.lines(attempts.filter { failed.contains($0.task) })
      return try output.print(status) {
        StatusText.lines(status) + (told.isEmpty ? [] : ["attempts:"] + told)
      }
    }
    try output.print(Detailed(status: status, tasks: list, attempts: attempts)) {
      var table = TextTable([
        ("task", .left), ("state", .left), ("attempt", .right), ("worker", .left), ("", .left),
      ])
      for task in list {
        table.add([
          task.name, task.state.rawValue, String(task.attempt), task.worker ?? "",
          task.failure?.message ?? (task.isReused ? "reused" : ""),
        ])
      }
      let told = AttemptText.lines(attempts)
      return StatusText.lines(status) + [""] + table.lines
        + (told.isEmpty ? [] : ["", "attempts without a result:"] + told)
    }
  }
}

/// A job's status in lines.
enum StatusText {
  /// Why nothing of an unfinished job runs, where the status tells.
  static func waitingReason(_ status: JobStatus) -> String? {
    guard !status.state.isFinal, status.kinds.allSatisfy({ $0.running == 0 }) else { return nil }
    return status.slots == 0
      ? "no worker is there (`nnlut workers scale N`)"
      : "its tasks are behind others', or no worker there can run them"
  }

  static func lines(_ status: JobStatus) -> [String] {
    var lines = ProgressDisplay.lines(status, width: Terminal.width, at: Date())
    let reused = status.kinds.reduce(0) { $0 + $1.reused }
    if reused > 0 {
      let kinds = status.kinds.filter { $0.reused > 0 }
        .map { "\($0.kind.rawValue) \($0.reused) of \($0.total)" }.joined(separator: ", ")
      lines.append("\(reused) results reused from earlier work: \(kinds)")
    }
    if let reason = waitingReason(status) { lines.append("waiting: \(reason)") }
    if let failure = status.failure { lines.append("failed: \(failure.message)") }
    if let artifact = status.artifact {
      lines.append("artifact \(artifact.name)@\(artifact.version) \(artifact.digest)")
    }
    return lines
  }
}
