import ArgumentParser
import Foundation
import JobStore
import Jobs

/// Limits of a token, on the command line: a number, or `none`.
struct QuotaOptions: ParsableArguments {
  @Option(help: "Unfinished jobs at a time; none: no limit.") var maxJobs: String?
  @Option(help: "Open tasks beyond which no job is taken in; none: no limit.")
  var maxTasks: String?
  @Option(help: "Bytes of uploaded blobs; none: no limit.") var maxBlobBytes: String?

  /// - Throws: ``UsageError`` for what is no limit.
  func changing(_ quotas: TokenQuotas) throws -> TokenQuotas {
    TokenQuotas(
      unfinishedJobs: try Self.limit(maxJobs, "--max-jobs", quotas.unfinishedJobs),
      openTasks: try Self.limit(maxTasks, "--max-tasks", quotas.openTasks),
      blobBytes: try Self.limit(maxBlobBytes, "--max-blob-bytes", quotas.blobBytes))
  }

  private static func limit(_ text: String?, _ option: String, _ before: Int64?) throws -> Int64? {
    guard let text else { return before }
    if text == "none" { return nil }
    guard let number = Int64(text), number >= 0 else {
      throw UsageError(description: "\(option): '\(text)' is no limit; write a number or none")
    }
    return number
  }
}

extension TokenCommand {
  struct Quota: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a token uses of its quotas, or change them.")

    @Argument(help: "Its name.") var name: String
    @OptionGroup var quotas: QuotaOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      try await database.withStore(settings: settings, logging: logging) { store in
        let before = try await store.tokenUse(name)
        let current = TokenQuotas(
          unfinishedJobs: before.unfinishedJobs.limit, openTasks: before.openTasks.limit,
          blobBytes: before.blobBytes.limit)
        let wanted = try quotas.changing(current)
        if wanted != current { try await store.setQuotas(wanted, of: name, by: Account.name) }
        let use = try await store.tokenUse(name)
        try output.print(use) { QuotaText.lines(use) }
      }
    }
  }

  struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show who changed what, newest first.")

    @Option(help: "At most this many, 1 to 1000.") var limit = 50
    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var logging: LogOptions
    @OptionGroup var settings: SettingsOptions

    func run() async throws {
      try await database.withStore(settings: settings, logging: logging) { store in
        let entries = try await store.audit(after: nil, limit: limit).items
        try output.print(entries) {
          var table = TextTable([
            ("when", .left), ("who", .left), ("what", .left), ("of", .left), ("", .left),
          ])
          for entry in entries {
            table.add([
              Readable.time(entry.at), entry.token, entry.action, entry.subject, entry.detail,
            ])
          }
          return table.lines
        }
      }
    }
  }
}

/// What a token uses of its quotas, in lines.
enum QuotaText {
  static func lines(_ use: TokenUse) -> [String] {
    [
      ("unfinished jobs", use.unfinishedJobs), ("open tasks", use.openTasks),
      ("bytes of blobs", use.blobBytes),
    ].map { name, quota in
      "\(name): \(quota.used) of \(quota.limit.map(String.init) ?? "any number")"
    }
  }
}

/// Who works on the database itself, for the audit.
enum Account {
  static var name: String { "database (\(NSUserName()))" }
}
