import Artifacts
import Foundation
import Jobs
import Postgres

extension JobStore {
  /// Makes a token. Only the SHA-256 of its secret is kept.
  /// - Parameters:
  ///   - quotas: What it may have in use; nil: the default of its role.
  ///   - by: Who makes it, for the audit.
  /// - Returns: The secret, this once: `nnlut_` and 256 random bits.
  /// - Throws: ``JobStoreError/tokenExists(_:)`` or ``JobStoreError/invalid(_:)``.
  public func createToken(
    name: String, role: Role, quotas: TokenQuotas? = nil, by: String = "database"
  ) async throws -> String {
    guard (1...100).contains(name.count), !name.unicodeScalars.contains(where: \.isControl) else {
      throw JobStoreError.invalid(
        "a token's name has 1 to 100 characters and no control characters")
    }
    let quotas = quotas ?? .standard(role)
    try quotas.check()
    var generator = SystemRandomNumberGenerator()
    var secret = "nnlut_"
    for _ in 0..<4 {
      let digits = String(generator.next() as UInt64, radix: 16)
      secret += String(repeating: "0", count: 16 - digits.count) + digits
    }
    let hash = Self.hash(secret)
    do {
      try await pool.transaction { connection in
        try await connection.query(
          """
          INSERT INTO tokens (name, role, hash, max_unfinished_jobs, max_open_tasks,
            max_blob_bytes, created_by)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          """, [.text(name), .text(role.rawValue), .digest(hash)] + quotas.values + [.text(by)])
        try await JobWriter(connection: connection).audit(
          "token-created", of: name, by: by, role.rawValue)
      }
    } catch let error as PostgresError where error.isUniqueViolation {
      throw JobStoreError.tokenExists(name)
    }
    return secret
  }

  /// Whose secret this is; nil when it is nobody's or was revoked.
  ///
  /// Nothing about a secret can be learned from how long this takes: it is looked up by its
  /// SHA-256, which a guesser cannot steer towards a stored one digit by digit, and what is found
  /// is compared whole.
  public func authenticate(_ secret: String) async throws -> TokenIdentity? {
    let hash = Self.hash(secret).rawBytes
    let rows = try await pool.query(
      "SELECT name, role, hash FROM tokens WHERE hash = $1 AND revoked_at IS NULL", [.bytes(hash)])
    guard let row = rows.first, Self.areEqual(try row.decode("hash"), hash) else { return nil }
    return TokenIdentity(name: try row.decode("name"), role: try row.state("role"))
  }

  /// - Parameter by: Who revokes it, for the audit.
  /// - Throws: ``JobStoreError/unknownToken(_:)``.
  public func revokeToken(name: String, by: String = "database") async throws {
    try await pool.transaction { connection in
      let rows = try await connection.query(
        """
        UPDATE tokens SET revoked_at = clock_timestamp(), revoked_by = $2
        WHERE name = $1 AND revoked_at IS NULL RETURNING id
        """, [.text(name), .text(by)])
      if rows.isEmpty { throw JobStoreError.unknownToken(name) }
      try await JobWriter(connection: connection).audit("token-revoked", of: name, by: by)
    }
  }

  /// Gives a token other quotas.
  /// - Throws: ``JobStoreError/unknownToken(_:)`` or ``JobStoreError/invalid(_:)``.
  public func setQuotas(_ quotas: TokenQuotas, of name: String, by: String = "database")
    async throws
  {
    try quotas.check()
    try await pool.transaction { connection in
      let rows = try await connection.query(
        """
        UPDATE tokens SET max_unfinished_jobs = $2, max_open_tasks = $3, max_blob_bytes = $4
        WHERE name = $1 AND revoked_at IS NULL RETURNING id
        """, [.text(name)] + quotas.values)
      if rows.isEmpty { throw JobStoreError.unknownToken(name) }
      try await JobWriter(connection: connection).audit(
        "quota-changed", of: name, by: by, quotas.description)
    }
  }

  /// Those that are in force, by name.
  public func listTokens() async throws -> [TokenRecord] {
    try await pool.query(
      """
      SELECT name, role, created_at, max_unfinished_jobs::bigint AS max_unfinished_jobs,
        max_open_tasks, max_blob_bytes
      FROM tokens WHERE revoked_at IS NULL ORDER BY name
      """
    ).map {
      TokenRecord(
        name: try $0.decode("name"), role: try $0.state("role"),
        createdAt: try $0.decode("created_at"), quotas: try TokenQuotas($0))
    }
  }

  /// What a token may use and what it uses now.
  /// - Throws: ``JobStoreError/unknownToken(_:)``.
  public func tokenUse(_ name: String) async throws -> TokenUse {
    let rows = try await pool.query(
      """
      SELECT name, role, max_unfinished_jobs::bigint AS max_unfinished_jobs, max_open_tasks,
        max_blob_bytes FROM tokens WHERE name = $1 AND revoked_at IS NULL
      """, [.text(name)])
    guard let row = rows.first else { throw JobStoreError.unknownToken(name) }
    let use = try await pool.query(JobWriter.useStatement, [.text(name)])
    let bytes = try await pool.query(
      "SELECT coalesce(sum(size), 0)::bigint AS bytes FROM blobs WHERE token = $1", [.text(name)])
    let quotas = try TokenQuotas(row)
    return TokenUse(
      name: try row.decode("name"), role: try row.state("role"),
      unfinishedJobs: QuotaUse(
        used: try use.first?.decode("jobs") ?? 0, limit: quotas.unfinishedJobs),
      openTasks: QuotaUse(used: try use.first?.decode("tasks") ?? 0, limit: quotas.openTasks),
      blobBytes: QuotaUse(used: try bytes.first?.decode("bytes") ?? 0, limit: quotas.blobBytes))
  }

  private static func hash(_ secret: String) -> ContentDigest {
    ContentDigest(of: Data(secret.utf8))
  }

  /// Takes the same time wherever the bytes differ.
  static func areEqual(_ left: Data, _ right: Data) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

extension TokenQuotas {
  fileprivate init(_ row: PostgresRow) throws {
    self.init(
      unfinishedJobs: try row.decode("max_unfinished_jobs"),
      openTasks: try row.decode("max_open_tasks"), blobBytes: try row.decode("max_blob_bytes"))
  }

  fileprivate var values: [PostgresValue] {
    [unfinishedJobs, openTasks, blobBytes].map { $0.map { .int($0) } ?? .null }
  }

  fileprivate func check() throws {
    let limits = [unfinishedJobs, openTasks, blobBytes].compactMap { $0 }
    guard limits.allSatisfy({ $0 >= 0 }), unfinishedJobs ?? 0 <= Int64(Int32.max) else {
      throw JobStoreError.invalid(
        "a quota is a number from 0 (jobs: at most \(Int32.max)), or none")
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { properties.generalCategory == .control }
}
