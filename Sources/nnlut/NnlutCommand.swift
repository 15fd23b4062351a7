import ArgumentParser
import CoordinatorClient
import Foundation

/// The command line: one file per command under `Commands/`.
@main
struct NnlutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nnlut",
    abstract: "Calibrates look-up tables for a Transformer's non-linear functions.",
    version: Build.version,
    groupedSubcommands: [
      CommandGroup(
        name: "Everything on this machine",
        subcommands: [RunCommand.self, UpCommand.self, DownCommand.self, DoctorCommand.self]),
      CommandGroup(
        name: "Jobs",
        subcommands: [
          SubmitCommand.self, PlanCommand.self, JobsCommand.self, StatusCommand.self,
          WatchCommand.self, LogsCommand.self, ReportCommand.self, CancelCommand.self,
          RetryCommand.self,
        ]),
      CommandGroup(
        name: "Without any server", subcommands: [TableCommand.self, EvaluateCommand.self]),
      CommandGroup(
        name: "Workers and artifacts",
        subcommands: [WorkersCommand.self, ArtifactCommand.self]),
      CommandGroup(
        name: "Services",
        subcommands: [
          CoordinatorCommand.self, WorkerCommand.self, MigrateCommand.self, TokenCommand.self,
          CompletionCommand.self, SuperviseCommand.self, KeepCommand.self,
        ]),
    ])

  /// Parses, runs and turns every error into one message and the documented exit code.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      ExitStatus.end(after: error)
    }
  }
}

/// What this binary is.
enum Build {
  static let version = "0.1.0"
}
