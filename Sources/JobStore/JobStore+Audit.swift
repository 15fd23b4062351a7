import Foundation
import Jobs
import Postgres

extension JobStore {
  /// What was changed on request and by whom, newest first.
  /// - Parameters:
  ///   - after: The `next` of the page before.
  ///   - limit: Brought into `1...1000`.
  public func audit(after: String?, limit: Int) async throws -> Page<AuditEntry> {
    let limit = min(max(limit, 1), Self.maximumPage)
    let rows = try await pool.query(
      """
      SELECT id, at, token, action, subject, detail FROM audit WHERE id < $1
      ORDER BY id DESC LIMIT $2
      """, [.int(try Self.position(after) ?? Int64.max), .int(limit + 1)])
    let items = try rows.prefix(limit).map { row in
      AuditEntry(
        id: try row.decode("id"), at: try row.decode("at"), token: try row.decode("token"),
        action: try row.decode("action"), subject: try row.decode("subject"),
        detail: try row.decode("detail"))
    }
    return Page(items: items, next: rows.count > limit ? items.last.map { String($0.id) } : nil)
  }

  /// Notes a change whose own statement leaves no trace of who asked for it.
  public func recordChange(_ action: String, of subject: String, by token: String) async throws {
    try await pool.withConnection { connection in
      try await JobWriter(connection: connection).audit(action, of: subject, by: token)
    }
  }
}

extension JobWriter {
  /// Notes a change in the transaction that makes it.
  /// - Parameter token: Name of the token that asked; a change that nobody asked for is not noted.
  func audit(_ action: String, of subject: String, by token: String, _ detail: String = "")
    async throws
  {
    guard !token.isEmpty else { return }
    try await connection.query(
      "INSERT INTO audit (token, action, subject, detail) VALUES ($1, $2, $3, $4)",
      [
        .text(token.storable), .text(action), .text(subject.storable), .text(detail.storable),
      ])
  }
}
