import ArgumentParser

struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print a shell's completion script.")

  @Argument(help: "bash, zsh or fish.") var shell: String

  func run() throws {
    guard let shell = CompletionShell(rawValue: shell) else {
      throw UsageError(description: "shell: '\(shell)' is unknown; write bash, zsh or fish")
    }
    Terminal.write(NnlutCommand.completionScript(for: shell) + "\n")
  }
}
