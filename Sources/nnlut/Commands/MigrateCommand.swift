import ArgumentParser
import Foundation
import JobStore
import Logging
import Postgres

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring a database's schema up to date.")

  @Flag(
    help: """
      After a restore from a backup, before any coordinator starts: end all worker sessions and \
      refuse what they still send.
      """)
  var restored = false
  @Option(help: "Seconds to wait for a server that is away; 1 to 3600.") var timeout = 10
  @OptionGroup var output: OutputOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var logging: LogOptions
  @OptionGroup var settings: SettingsOptions

  func run() async throws {
    let settings = try settings.load()
    let logger = try logging.logger("migrate", settings: settings)
    guard (1...3600).contains(timeout) else {
      throw UsageError(description: "--timeout: \(timeout) is out of range; write 1 to 3600")
    }
    let pool = try database.pool(
      settings: settings, logger: logger, patience: .seconds(timeout))
    let applied: [String]
    do {
      applied = try await JobStore.migrate(pool: pool, logger: logger)
      if restored { try await JobStore.open(pool: pool, logger: logger).restored() }
    } catch {
      await pool.shutdown()
      throw error
    }
    await pool.shutdown()
    try output.print(["applied": applied]) {
      [applied.isEmpty ? "the schema is up to date" : "applied \(applied.joined(separator: ", "))"]
    }
  }
}
