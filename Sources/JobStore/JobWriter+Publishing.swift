import Artifacts
import Foundation
import Jobs
import Postgres

extension JobWriter {
  /// Adds what a `publish` task made to the registry: a new version with the alias `latest`, or,
  /// when the same content is there already, that version, and no alias moves.
  mutating func publish(_ task: FinishedTask) async throws {
    let bytes = try await blobBytes(task.result)
    let publication: Publication
    do {
      publication = try ResultDocument.decode(Publication.self, from: bytes)
      try check(publication)
    } catch {
      try await failFinished(
        task,
        TaskFailure(
          code: "bad-result", message: "what was published cannot be used: \(error)",
          isRetryable: false))
      return
    }
    let artifact = try await lockArtifact(publication.name)
    let (id, version, isNew) = try await version(of: artifact, publication, job: task.job)
    try await connection.query(
      "UPDATE jobs SET artifact_version = $2 WHERE id = $1", [.int(task.job), .int(id)])
    if isNew {
      let rows = try await connection.query(
        "SELECT token FROM jobs WHERE id = $1", [.int(task.job)])
      try await moveAlias(
        "latest", artifact: artifact.id, to: version,
        token: try rows.first?.decode("token") ?? "")
    }
    record(
      "published", job: task.job, task: task.name,
      isNew
        ? "\(publication.name)@\(version), \(publication.manifest)"
        : "\(publication.name)@\(version) has this content already")
  }

  private func check(_ publication: Publication) throws {
    guard JobStore.isName(publication.name) else {
      throw JobStoreError.invalid("'\(publication.name.prefix(80))' is no name of an artifact")
    }
    guard
      publication.files.contains(where: {
        $0.path == ArtifactManifest.name && $0.digest == publication.manifest
      })
    else { throw JobStoreError.invalid("its files hold no manifest of that digest") }
    guard Set(publication.files.map(\.path)).count == publication.files.count else {
      throw JobStoreError.invalid("two files have the same path")
    }
  }

  struct LockedArtifact {
    var id: Int64
    var lastVersion: Int
  }

  private func lockArtifact(_ name: String) async throws -> LockedArtifact {
    try await connection.query(
      "INSERT INTO artifacts (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", [.text(name)])
    let rows = try await connection.query(
      "SELECT id, last_version FROM artifacts WHERE name = $1 FOR UPDATE", [.text(name)])
    guard let row = rows.first else { throw JobStoreError.unknownArtifact(name) }
    return LockedArtifact(id: try row.decode("id"), lastVersion: try row.decode("last_version"))
  }

  private func version(of artifact: LockedArtifact, _ publication: Publication, job: Int64)
    async throws -> (id: Int64, version: Int, isNew: Bool)
  {
    let same = try await connection.query(
      "SELECT id, version FROM artifact_versions WHERE artifact = $1 AND digest = $2",
      [.int(artifact.id), .digest(publication.manifest)])
    if let row = same.first {
      return (try row.decode("id"), try row.decode("version"), false)
    }
    try await requireBlobs(publication.files.map(\.digest))
    let version = artifact.lastVersion + 1
    try await connection.query(
      "UPDATE artifacts SET last_version = $2 WHERE id = $1", [.int(artifact.id), .int(version)])
    let rows = try await connection.query(
      """
      WITH added AS (
        INSERT INTO artifact_versions (artifact, version, digest, job) VALUES ($1, $2, $3, $4)
        RETURNING id
      ), files AS (
        INSERT INTO artifact_files (artifact_version, path, digest, size)
        SELECT added.id, path, digest, size
        FROM added, unnest($5::text[], $6::bytea[], $7::bigint[]) AS f (path, digest, size)
      )
      SELECT id FROM added
      """,
      [
        .int(artifact.id), .int(version), .digest(publication.manifest), .int(job),
        .textArray(publication.files.map(\.path)), .digests(publication.files.map(\.digest)),
        .intArray(publication.files.map(\.size)),
      ])
    guard let row = rows.first else { throw PostgresError(message: "no version was added") }
    return (try row.decode("id"), version, true)
  }

  /// Points an alias at a version and notes who did.
  func moveAlias(_ alias: String, artifact: Int64, to version: Int, token: String) async throws {
    let old = try await connection.query(
      "SELECT version FROM artifact_aliases WHERE artifact = $1 AND alias = $2 FOR UPDATE",
      [.int(artifact), .text(alias)])
    let before: Int? = try old.first?.decode("version")
    if before == version { return }
    try await connection.query(
      """
      INSERT INTO artifact_aliases (artifact, alias, version) VALUES ($1, $2, $3)
      ON CONFLICT (artifact, alias) DO UPDATE SET version = excluded.version
      """, [.int(artifact), .text(alias), .int(version)])
    try await connection.query(
      """
      INSERT INTO artifact_alias_changes (artifact, alias, from_version, to_version, token)
      VALUES ($1, $2, $3, $4, $5)
      """,
      [
        .int(artifact), .text(alias), before.map { .int($0) } ?? .null, .int(version),
        .text(token),
      ])
    let name = try await connection.query(
      "SELECT name FROM artifacts WHERE id = $1", [.int(artifact)])
    try await audit(
      "alias-moved", of: "\(try name.first?.decode("name", as: String.self) ?? "")@\(alias)",
      by: token, "\(before.map(String.init) ?? "none") to \(version)")
  }
}
