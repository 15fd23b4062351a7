import ArgumentParser
import Foundation
import JobStore
import Logging
import Postgres

/// Which PostgreSQL server: flag over environment over configuration file.
struct DatabaseOptions: ParsableArguments {
  @Option(
    help:
      "The database (DATABASE_URL), without a password: use the environment, PGPASSWORD or a PGPASSFILE."
  )
  var databaseUrl: String?

  /// - Parameter patience: How long callers wait for a server that is away.
  func pool(settings: Settings, logger: Logger, patience: Duration = .seconds(30)) throws
    -> PostgresPool
  {
    if let databaseUrl, Self.holdsPassword(databaseUrl) {
      throw UsageError(
        description: "--database-url: a password on a command line can be read by others; "
          + "use DATABASE_URL, PGPASSWORD or a PGPASSFILE")
    }
    let environment = ProcessInfo.processInfo.environment["DATABASE_URL"]
    guard let url = databaseUrl ?? environment ?? settings.text("database.url") else {
      throw UsageError(
        description: "no database: set DATABASE_URL or name one with --database-url, or use "
          + "`nnlut up`, which brings its own")
    }
    let configuration: PostgresConfiguration
    do { configuration = try PostgresConfiguration(connectionString: url) } catch {
      let place = databaseUrl != nil ? "--database-url" : "DATABASE_URL or database.url"
      throw UsageError(description: "\(place): \(error)")
    }
    return PostgresPool(
      configuration: configuration,
      maximumConnections: try settings.integer(
        "database.connections", flag: nil, default: 10, in: 1...1000),
      patience: patience, logger: logger)
  }

  func withStore(
    settings: SettingsOptions, logging: LogOptions, _ body: (JobStore) async throws -> Void
  ) async throws {
    let settings = try settings.load()
    let logger = try logging.logger("nnlut", settings: settings)
    let pool = try pool(settings: settings, logger: logger)
    do {
      try await body(try await JobStore.open(pool: pool, logger: logger))
    } catch {
      await pool.shutdown()
      throw error
    }
    await pool.shutdown()
  }

  static func holdsPassword(_ url: String) -> Bool {
    if let components = URLComponents(string: url), components.scheme != nil {
      return components.password != nil
        || components.queryItems?.contains { $0.name == "password" } == true
    }
    return url.contains("password")
  }
}
