import ArgumentParser
import Foundation
import TableTools

struct TableVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a table of `table fit --output json` and its certificate again.")

  @Argument(help: "The JSON document.") var file: String
  @Option(
    help: ArgumentHelp(
      "Check against these inputs instead of the document's own.", valueName: "file"))
  var histogram: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let verification = try TableCommand.run {
      try TableVerification(path: file, histogram: histogram)
    }
    try output.print(verification) {
      verification.confirmed.map { "holds: \($0)" }
        + verification.problems.map { "WRONG: \($0)" }
    }
    guard verification.problems.isEmpty else { throw ExitStatus.failed }
  }
}
