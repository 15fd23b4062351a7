import ArgumentParser
import Foundation
import JobStore
import Jobs
import Postgres

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Create, list or revoke tokens (needs the database).",
    subcommands: [Create.self, List.self, Revoke.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create a token and print it, this once.")

    @Argument(help: "A name for it.") var name: String
    @Option(help: "admin, submit, work or read.") var role: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      guard let role = Role(rawValue: role) else {
        throw ValidationError("--role: '\(role)' is unknown; write admin, submit, work or read")
      }
      try await database.withStore(settings: settings, logging: logging) { store in
        Terminal.write(try await store.createToken(name: name, role: role) + "\n")
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List tokens; never their secrets.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      try await database.withStore(settings: settings, logging: logging) { store in
        var table = TextTable([("name", .left), ("role", .left), ("created", .left)])
        for token in try await store.listTokens() {
          table.add([token.name, token.role.rawValue, Readable.time(token.createdAt)])
        }
        Terminal.write(table.lines.map { $0 + "\n" }.joined())
      }
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Revoke a token.")

    @Argument(help: "Its name.") var name: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      try await database.withStore(settings: settings, logging: logging) { store in
        try await store.revokeToken(name: name)
        Terminal.write("\(name) is revoked\n")
      }
    }
  }
}
