/// What PostgreSQL, or the way to it, answered.
public struct PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Five characters, for example `23505`; nil when the server said nothing (no connection).
  public var sqlState: String?
  public var message: String
  public var detail: String?
  public var hint: String?
  /// The SQL text, without its parameters.
  public var statement: String?
  /// Name of the constraint that was violated.
  public var constraint: String?
  /// Whether the connection can be used no more.
  public var isConnectionLost: Bool

  public init(
    sqlState: String? = nil, message: String, detail: String? = nil, hint: String? = nil,
    statement: String? = nil, constraint: String? = nil, isConnectionLost: Bool = false
  ) {
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
    self.statement = statement
    self.constraint = constraint
    self.isConnectionLost = isConnectionLost
  }

  /// The server undid the transaction for another's sake: doing it again is right.
  public var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }

  public var isUniqueViolation: Bool { sqlState == "23505" }

  /// The server is not there now but may come back: refused, starting, shutting down, failing over
  /// (a server that has become a standby is read-only).
  public var isUnavailable: Bool {
    guard let sqlState else { return isConnectionLost }
    return isConnectionLost || sqlState.hasPrefix("08") || sqlState.hasPrefix("57P")
      || sqlState == "53300" || sqlState == Self.readOnly
  }

  static let readOnly = "25006"

  /// All our own connections are lent out; worth another try later, but not at once.
  static let exhausted = "53000"

  public var description: String {
    var text = "PostgreSQL"
    if let sqlState { text += " (\(sqlState))" }
    text += ": \(message)"
    if let detail { text += "; \(detail)" }
    if let hint { text += "; \(hint)" }
    if let statement { text += "; in: \(statement.prefix(200))" }
    return text
  }
}
