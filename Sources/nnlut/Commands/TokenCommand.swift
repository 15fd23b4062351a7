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
    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      guard let role = Role(rawValue: role) else {
        throw UsageError(
          description: "--role: '\(role)' is unknown; write admin, submit, work or read")
      }
      try await database.withStore(settings: settings, logging: logging) { store in
        let token = try await store.createToken(name: name, role: role)
        try output.print(["name": name, "role": role.rawValue, "token": token]) { [token] }
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List tokens; never their secrets.")

    struct Entry: Encodable {
      var name: String
      var role: Role
      var createdAt: Date
    }

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      try await database.withStore(settings: settings, logging: logging) { store in
        let tokens = try await store.listTokens().map {
          Entry(name: $0.name, role: $0.role, createdAt: $0.createdAt)
        }
        try output.print(tokens) {
          var table = TextTable([("name", .left), ("role", .left), ("created", .left)])
          for token in tokens {
            table.add([token.name, token.role.rawValue, Readable.time(token.createdAt)])
          }
          return table.lines
        }
      }
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Revoke a token.")

    @Argument(help: "Its name.") var name: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      try await database.withStore(settings: settings, logging: logging) { store in
        try await store.revokeToken(name: name)
        try output.print(["revoked": name]) { ["\(name) is revoked"] }
      }
    }
  }
}
