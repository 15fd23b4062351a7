import Foundation
import Postgres

extension JobStore {
  /// The lease of whoever prunes.
  private static let leadership = "housekeeping"

  /// Takes or renews the lead in housekeeping. One holder has it at a time; when it does not renew
  /// it, another can take it as soon as it has expired by the database's clock.
  /// - Parameters:
  ///   - holder: Who asks; a new one for each start of a process.
  ///   - seconds: How long the lead lasts unless it is renewed.
  /// - Returns: Whether `holder` leads now.
  public func lead(holder: UUID, seconds: Double) async throws -> Bool {
    try await !pool.query(
      """
      INSERT INTO leases (name, holder, expires_at)
      VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
        WHERE leases.holder = excluded.holder OR leases.expires_at <= clock_timestamp()
      RETURNING holder
      """, [.text(Self.leadership), .uuid(holder), .double(seconds)]
    ).isEmpty
  }

  /// Gives the lead up, so that another can take it at once. Does nothing for who has it not.
  public func resign(holder: UUID) async throws {
    _ = try await pool.query(
      "DELETE FROM leases WHERE name = $1 AND holder = $2",
      [.text(Self.leadership), .uuid(holder)])
  }
}
