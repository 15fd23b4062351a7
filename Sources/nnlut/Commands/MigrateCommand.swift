import ArgumentParser
import Foundation
import JobStore
import Logging
import Postgres

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring a database's schema up to date.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var logging: LogOptions
  @OptionGroup var settings: SettingsOptions

  func run() async throws {
    let settings = try settings.load()
    let logger = try logging.logger("migrate", settings: settings)
    let pool = try database.pool(settings: settings, logger: logger)
    let applied = try await JobStore.migrate(pool: pool, logger: logger)
    await pool.shutdown()
    try output.print(["applied": applied]) {
      [applied.isEmpty ? "the schema is up to date" : "applied \(applied.joined(separator: ", "))"]
    }
  }
}
