import Artifacts
import Foundation
import Jobs
import Postgres

extension JobStore {
  /// Makes a token. Only the SHA-256 of its secret is kept.
  /// - Returns: The secret, this once: `nnlut_` and 256 random bits.
  /// - Throws: ``JobStoreError/tokenExists(_:)`` or ``JobStoreError/invalid(_:)``.
  public func createToken(name: String, role: Role) async throws -> String {
    guard (1...100).contains(name.count), name.allSatisfy({ !$0.isNewline }) else {
      throw JobStoreError.invalid("a token's name has 1 to 100 characters on one line")
    }
    var generator = SystemRandomNumberGenerator()
    var secret = "nnlut_"
    for _ in 0..<4 {
      let digits = String(generator.next() as UInt64, radix: 16)
      secret += String(repeating: "0", count: 16 - digits.count) + digits
    }
    do {
      _ = try await pool.withConnection { connection in
        try await connection.query(
          "INSERT INTO tokens (name, role, hash) VALUES ($1, $2, $3)",
          [.text(name), .text(role.rawValue), .digest(Self.hash(secret))])
      }
    } catch let error as PostgresError where error.isUniqueViolation {
      throw JobStoreError.tokenExists(name)
    }
    return secret
  }

  /// Whose secret this is; nil when it is nobody's or was revoked.
  public func authenticate(_ secret: String) async throws -> TokenIdentity? {
    let hash = Self.hash(secret).rawBytes
    let rows = try await pool.query(
      "SELECT name, role, hash FROM tokens WHERE hash = $1 AND revoked_at IS NULL", [.bytes(hash)])
    guard let row = rows.first, Self.areEqual(try row.decode("hash"), hash) else { return nil }
    return TokenIdentity(name: try row.decode("name"), role: try row.state("role"))
  }

  /// - Throws: ``JobStoreError/unknownToken(_:)``.
  public func revokeToken(name: String) async throws {
    let rows = try await pool.withConnection { connection in
      try await connection.query(
        """
        UPDATE tokens SET revoked_at = clock_timestamp()
        WHERE name = $1 AND revoked_at IS NULL RETURNING id
        """, [.text(name)])
    }
    if rows.isEmpty { throw JobStoreError.unknownToken(name) }
  }

  /// Those that are in force, by name.
  public func listTokens() async throws -> [TokenRecord] {
    try await pool.query(
      "SELECT name, role, created_at FROM tokens WHERE revoked_at IS NULL ORDER BY name"
    ).map {
      TokenRecord(
        name: try $0.decode("name"), role: try $0.state("role"),
        createdAt: try $0.decode("created_at"))
    }
  }

  private static func hash(_ secret: String) -> ContentDigest {
    ContentDigest(of: Data(secret.utf8))
  }

  /// Takes the same time wherever the bytes differ.
  private static func areEqual(_ left: Data, _ right: Data) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
