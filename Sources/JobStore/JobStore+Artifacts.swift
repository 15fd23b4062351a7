import Artifacts
import Foundation
import Jobs
import Postgres

extension JobStore {
  /// The newest version of each name, by name.
  /// - Parameters:
  ///   - after: The `next` of the page before.
  ///   - limit: Brought into `1...1000`.
  public func artifacts(after: String?, limit: Int) async throws -> Page<ArtifactVersion> {
    let limit = min(max(limit, 1), Self.maximumPage)
    let rows = try await pool.query(
      Self.versionsStatement
        + " WHERE v.version = a.last_version AND a.name > $1 ORDER BY a.name LIMIT $2",
      [.text(after ?? ""), .int(limit + 1)])
    let items = try await versions(Array(rows.prefix(limit)))
    return Page(items: items, next: rows.count > limit ? items.last?.name : nil)
  }

  /// Newest first.
  /// - Parameters:
  ///   - after: The `next` of the page before.
  ///   - limit: Brought into `1...1000`.
  /// - Throws: ``JobStoreError/unknownArtifact(_:)``.
  public func artifactVersions(_ name: String, after: String?, limit: Int) async throws
    -> Page<ArtifactVersion>
  {
    let limit = min(max(limit, 1), Self.maximumPage)
    let rows = try await pool.query(
      Self.versionsStatement
        + " WHERE a.name = $1 AND v.version < $2 ORDER BY v.version DESC LIMIT $3",
      [
        .text(name), .int(min(max(try Self.position(after) ?? Int64.max, 0), Int64(Int32.max))),
        .int(limit + 1),
      ])
    if rows.isEmpty {
      let known = try await pool.query(
        "SELECT 1 AS found FROM artifacts WHERE name = $1 AND last_version > 0", [.text(name)])
      if known.isEmpty { throw JobStoreError.unknownArtifact(name) }
    }
    let items = try await versions(Array(rows.prefix(limit)))
    return Page(
      items: items, next: rows.count > limit ? items.last.map { String($0.version) } : nil)
  }

  /// - Parameter reference: A version's number, an alias, or `sha256:…`.
  /// - Throws: ``JobStoreError/unknownArtifact(_:)`` or
  ///   ``JobStoreError/unknownArtifactVersion(name:reference:)``.
  public func artifact(_ name: String, _ reference: String) async throws -> ArtifactVersion {
    let condition: (sql: String, value: PostgresValue)
    if let number = Int32(reference) {
      condition = ("v.version = $2", .int(number))
    } else if let digest = ContentDigest(reference) {
      condition = ("v.digest = $2", .digest(digest))
    } else {
      condition = (
        """
        v.version = (
          SELECT version FROM artifact_aliases WHERE artifact = a.id AND alias = $2)
        """, .text(reference)
      )
    }
    let rows = try await pool.query(
      Self.versionsStatement + " WHERE a.name = $1 AND " + condition.sql,
      [.text(name), condition.value])
    if let version = try await versions(rows).first { return version }
    let known = try await pool.query(
      "SELECT 1 AS found FROM artifacts WHERE name = $1 AND last_version > 0", [.text(name)])
    throw known.isEmpty
      ? JobStoreError.unknownArtifact(name)
      : JobStoreError.unknownArtifactVersion(name: name, reference: reference)
  }

  /// Points an alias at a version; who did it is kept.
  ///
  /// - Parameters:
  ///   - token: Name of the token that asks.
  ///   - condition: What must hold of the alias before; nil: nothing.
  /// - Throws: ``JobStoreError/unknownArtifactVersion(name:reference:)``,
  ///   ``JobStoreError/unknownArtifact(_:)``, ``JobStoreError/conditionFailed(current:)``, or ``JobStoreError/invalid(_:)`` for an alias that
  ///   could be taken for a number or a digest.
  @discardableResult
  public func setAlias(
    _ alias: String, of name: String, to version: Int, token: String,
    when condition: AliasCondition? = nil
  ) async throws -> ArtifactVersion {
    guard Self.isName(alias), !alias.allSatisfy(\.isNumber) else {
      throw JobStoreError.invalid(
        "'\(alias.prefix(80))' is no alias: write 1 to 63 of a-z, 0-9 and -, not a number")
    }
    _ = try await artifact(name, String(version))
    try await pool.transaction { connection in
      let rows = try await connection.query(
        "SELECT id FROM artifacts WHERE name = $1 FOR UPDATE", [.text(name)])
      guard let row = rows.first else { throw JobStoreError.unknownArtifact(name) }
      let artifact: Int64 = try row.decode("id")
      if let condition {
        let rows = try await connection.query(
          "SELECT version FROM artifact_aliases WHERE artifact = $1 AND alias = $2",
          [.int(artifact), .text(alias)])
        let current: Int? = try rows.first?.decode("version")
        guard condition.holds(of: current) else {
          throw JobStoreError.conditionFailed(
            current: current.map { "version \($0)" } ?? "no such alias")
        }
      }
      try await JobWriter(connection: connection).moveAlias(
        alias, artifact: artifact, to: version, token: token)
    }
    return try await artifact(name, String(version))
  }

  private static let versionsStatement = """
    SELECT v.id, a.name, v.version, v.digest, v.created_at, j.uuid AS job, (
      SELECT string_agg(alias, ' ' ORDER BY alias) FROM artifact_aliases l
      WHERE l.artifact = a.id AND l.version = v.version) AS aliases
    FROM artifact_versions v JOIN artifacts a ON a.id = v.artifact
    LEFT JOIN jobs j ON j.id = v.job
    """

  private func versions(_ rows: [PostgresRow]) async throws -> [ArtifactVersion] {
    guard !rows.isEmpty else { return [] }
    let listed = try await pool.query(
      """
      SELECT artifact_version, path, digest, size FROM artifact_files
      WHERE artifact_version = ANY ($1::bigint[]) ORDER BY artifact_version, path COLLATE "C"
      """, [.intArray(try rows.map { try $0.decode("id", as: Int64.self) })])
    var files: [Int64: [ArtifactFile]] = [:]
    for row in listed {
      files[try row.decode("artifact_version"), default: []].append(
        ArtifactFile(
          path: try row.decode("path"), digest: try row.requiredDigest("digest"),
          size: try row.decode("size")))
    }
    return try rows.map { row in
      let aliases: String? = try row.decode("aliases")
      return ArtifactVersion(
        name: try row.decode("name"), version: try row.decode("version"),
        digest: try row.requiredDigest("digest"),
        aliases: (aliases ?? "").split(separator: " ").map(String.init),
        files: files[try row.decode("id")] ?? [], job: try row.decode("job"),
        createdAt: try row.decode("created_at"))
    }
  }
}

/// What must hold of an alias for it to be moved.
public enum AliasCondition: Hashable, Sendable {
  case isNew, exists
  case names(Int)

  func holds(of current: Int?) -> Bool {
    switch self {
    case .isNew: current == nil
    case .exists: current != nil
    case .names(let version): current == version
    }
  }
}
