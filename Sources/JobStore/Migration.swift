import Artifacts
import Foundation

/// One step of the schema, embedded in the program.
struct Migration: Sendable {
  /// The file's name without its ending, for example `M0001_initial`.
  var name: String
  var sql: String

  /// All there are, in order. A new file in `migrations/` gets its line here.
  static let all: [Migration] = [
    Migration(name: "M0001_initial", sql: PackageResources.M0001_initial_sql),
    Migration(name: "M0002_reliability", sql: PackageResources.M0002_reliability_sql),
    Migration(name: "M0003_results_by_hash", sql: PackageResources.M0003_results_by_hash_sql),
  ]

  private init(name: String, sql: [UInt8]) {
    self.name = name
    self.sql = String(decoding: sql, as: UTF8.self)
  }

  init(name: String, sql: String) {
    self.name = name
    self.sql = sql
  }

  /// SHA-256 of the file, hexadecimal.
  var checksum: String { ContentDigest(of: Data(sql.utf8)).hexadecimal }

  /// The oldest schema number whose programs can live with the schema after this step, from the
  /// file's first line: `-- compatible-with: N`.
  /// - Throws: ``JobStoreError/schema(_:)`` when the line is not there.
  func compatibleWith() throws -> Int {
    let line = sql.prefix { $0 != "\n" }
    let prefix = "-- compatible-with: "
    guard line.hasPrefix(prefix), let number = Int(line.dropFirst(prefix.count)) else {
      throw JobStoreError.schema("migrations/\(name).sql: its first line must be '\(prefix)N'")
    }
    return number
  }
}
