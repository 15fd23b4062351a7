import CLibpq
import Foundation

/// Where the server is and who we are there. Printing it never shows the password.
public struct PostgresConfiguration: Sendable, CustomStringConvertible,
  CustomDebugStringConvertible
{
  /// libpq's keywords and values.
  let keywords: [String: String]

  /// - Parameter connectionString: A `postgresql://` URL or libpq's `key=value` form. What it
  ///   leaves open comes from libpq's environment variables, PGPASSFILE among them.
  /// - Throws: ``PostgresError`` that says what cannot be read; never the password.
  public init(connectionString: String) throws {
    guard !connectionString.utf8.contains(0) else {
      throw PostgresError(message: "the connection string holds a NUL character")
    }
    var problem: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(connectionString, &problem) else {
      defer { PQfreemem(problem) }
      // libpq's message may quote the string, password and all.
      let isURL = connectionString.hasPrefix("postgres")
      throw PostgresError(
        message: "the connection string cannot be read",
        hint: isURL
          ? "write postgresql://user@host:5432/database" : "write host=… dbname=… user=…")
    }
    defer { PQconninfoFree(options) }
    // A dead peer is found within half a minute instead of two hours.
    var keywords = [
      "connect_timeout": "10", "keepalives_idle": "10", "keepalives_interval": "5",
      "keepalives_count": "3", "tcp_user_timeout": "25000", "application_name": "nnlut",
    ]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        keywords[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    self.keywords = keywords
  }

  /// The same server, another database.
  public func with(database: String) -> PostgresConfiguration {
    var keywords = keywords
    keywords["dbname"] = database
    return PostgresConfiguration(keywords: keywords)
  }

  private init(keywords: [String: String]) { self.keywords = keywords }

  public var description: String {
    let shown = ["host", "port", "dbname", "user"].compactMap { key in
      keywords[key].map { "\(key)=\($0)" }
    }
    return shown.isEmpty ? "libpq's defaults" : shown.joined(separator: " ")
  }

  public var debugDescription: String { description }
}
