import ArgumentParser
import Foundation
import TableTools

/// Tables without any server: fit, check, ask, draw, compare.
struct TableCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Fit, verify, evaluate, plot or compare look-up tables; needs no server.",
    subcommands: [
      TableFitCommand.self, TableVerifyCommand.self, TableEvaluateCommand.self,
      TablePlotCommand.self, TableCompareCommand.self,
    ])

  /// Runs `body` with its errors as this program's: what was named wrongly is a usage error, what
  /// is not there is not found.
  static func run<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as SettingError {
      throw UsageError(description: error.description)
    } catch let error as TableFileError {
      if case .missing = error { throw NotFound(description: error.description) }
      throw error
    }
  }
}

extension TextTable {
  init(_ listing: Listing) {
    self.init(listing.columns.map { ($0.title, $0.isNumber ? .right : .left) })
    for row in listing.rows { add(row) }
  }
}
