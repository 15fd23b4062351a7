import Foundation

/// Why the embedded cluster cannot be had.
public struct EmbeddedClusterError: Error, Hashable, Sendable, CustomStringConvertible {
  public var problem: String
  public var remedy: String

  public init(problem: String, remedy: String) {
    self.problem = problem
    self.remedy = remedy
  }

  public var description: String { "\(problem): \(remedy)" }
}

extension EmbeddedCluster {
  /// The newest major version first.
  private static let majorVersions = [17, 16, 15]

  /// The folder of `postgres` and `initdb`.
  ///
  /// Where `NNLUT_POSTGRES_BIN` says and nowhere else; without it in
  /// `/usr/lib/postgresql/15…17/bin`, then on `PATH`.
  /// - Throws: ``EmbeddedClusterError`` that says how to install it.
  public static func findBinaries() throws -> URL {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["NNLUT_POSTGRES_BIN"] {
      guard holdsServer(folder) else {
        throw EmbeddedClusterError(
          problem: "NNLUT_POSTGRES_BIN: '\(folder)' does not hold initdb and postgres",
          remedy: "name the bin folder of a PostgreSQL server, or unset it")
      }
      return URL(filePath: folder, directoryHint: .isDirectory)
    }
    var folders = majorVersions.map { "/usr/lib/postgresql/\($0)/bin" }
    folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    guard let found = folders.first(where: holdsServer) else {
      throw EmbeddedClusterError(
        problem: "the PostgreSQL server is not installed",
        remedy: "apt-get install postgresql-15, or use a server of yours with DATABASE_URL")
    }
    return URL(filePath: found, directoryHint: .isDirectory)
  }

  private static func holdsServer(_ folder: String) -> Bool {
    ["initdb", "postgres"].allSatisfy {
      FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
    }
  }
}
