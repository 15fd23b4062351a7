import ArgumentParser
import Foundation
import TableTools

struct TableCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Fit the same function with every approximator and put them side by side.",
    discussion: "nnlut table compare --function gelu --domain -4:4 --entries 8")

  @OptionGroup var table: TableOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let (request, rows) = try TableCommand.run {
      let request = try table.settings.request()
      let rows = try RivalComparison.rows(of: request) { _ in try Task.checkCancellation() }
      return (request, rows)
    }
    try output.print(rows) {
      [Terminal.bold(RivalComparison.title(of: request)), ""]
        + TextTable(RivalComparison.listing(rows)).lines + [""]
        + RivalComparison.legend(of: request, rows)
    }
  }
}
