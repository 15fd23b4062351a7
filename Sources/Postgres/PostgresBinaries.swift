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
  /// Looked for in `NNLUT_POSTGRES_BIN`, in `/usr/lib/postgresql/15…17/bin`, then on `PATH`.
  /// - Throws: ``EmbeddedClusterError`` that says how to install it.
  public static func findBinaries() throws -> URL {
    let environment = ProcessInfo.processInfo.environment
    var folders = environment["NNLUT_POSTGRES_BIN"].map { [$0] } ?? []
    folders += majorVersions.map { "/usr/lib/postgresql/\($0)/bin" }
    folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let found = folders.first { folder in
      ["initdb", "postgres"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
      }
    }
    guard let found else {
      throw EmbeddedClusterError(
        problem: "the PostgreSQL server is not installed",
        remedy: "apt-get install postgresql-15, or use a server of yours with DATABASE_URL")
    }
    return URL(filePath: found, directoryHint: .isDirectory)
  }
}
