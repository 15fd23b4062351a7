import ArgumentParser
import Foundation
import JobStore
import Jobs
import Postgres

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Create, list or revoke tokens (needs the database).",
    subcommands: [Create.self, List.self, Revoke.self, Quota.self, Audit.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create a token and print it, this once.")

    @Argument(help: "A name for it.") var name: String
    @Option(help: "admin, submit, work or read.") var role: String
    @OptionGroup var quotas: QuotaOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      guard let role = Role(rawValue: role) else {
        throw UsageError(
          description: "--role: '\(role)' is unknown; write admin, submit, work or read")
      }
      let quotas = try quotas.changing(.standard(role))
      try await database.withStore(settings: settings, logging: logging) { store in
        let token = try await store.createToken(
          name: name, role: role, quotas: quotas, by: Account.name)
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
      var quotas: TokenQuotas
    }

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      try await database.withStore(settings: settings, logging: logging) { store in
        let tokens = try await store.listTokens().map {
          Entry(name: $0.name, role: $0.role, createdAt: $0.createdAt, quotas: $0.quotas)
        }
        try output.print(tokens) {
          var table = TextTable([
            ("name", .left), ("role", .left), ("created", .left), ("quotas", .left),
          ])
          for token in tokens {
            table.add([
              token.name, token.role.rawValue, Readable.time(token.createdAt),
              token.quotas.description,
            ])
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
        try await store.revokeToken(name: name, by: Account.name)
        try output.print(["revoked": name]) { ["\(name) is revoked"] }
      }
    }
  }
}
