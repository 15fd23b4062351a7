import Artifacts
import Foundation
import Jobs
import Postgres

extension JobStore {
  /// Takes a job in: the job and its first task, in one transaction.
  ///
  /// - Parameters:
  ///   - idempotencyKey: With the same token and key a second call returns the first one's job;
  ///     at most 200 characters.
  ///   - token: Name of the token that asks.
  /// - Throws: ``JobStoreError/idempotencyConflict(key:job:)`` when the key was used with another
  ///   specification, ``JobStoreError/quotaExceeded(token:quota:limit:used:)``.
  public func submit(
    _ specification: JobSpecification, idempotencyKey: String?, token: String
  ) async throws -> (job: JobStatus, isNew: Bool) {
    guard Self.isName(specification.name) else {
      throw JobStoreError.invalid(
        "metadata.name: '\(specification.name.prefix(80))' must be 1 to 63 of a-z, 0-9 and -, "
          + "and begin and end with a letter or digit")
    }
    if let idempotencyKey, !(1...200).contains(idempotencyKey.count) {
      throw JobStoreError.invalid("the idempotency key must have 1 to 200 characters")
    }
    let text = String(decoding: try ResultDocument.encode(specification), as: UTF8.self)
    let id = UUID()
    let existing = try await write { writer -> UUID? in
      if let idempotencyKey,
        let job = try await writer.claimKey(
          idempotencyKey, token: token, request: ContentDigest(of: Data(text.utf8)), job: id)
      {
        return job
      }
      try await writer.checkQuota(token: token)
      let rows = try await writer.connection.query(
        """
        INSERT INTO jobs (uuid, name, specification, token, priority, weight)
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
        """,
        [
          .uuid(id), .text(specification.name), .text(text), .text(token),
          .int(specification.scheduling.priority), .double(specification.scheduling.weight),
        ])
      guard let job: Int64 = try rows.first?.decode("id") else {
        throw PostgresError(message: "no job was added")
      }
      writer.record("submitted", job: job, "by \(token)")
      try await writer.audit(
        "job-submitted", of: id.uuidString.lowercased(), by: token, specification.name)
      let ready = try await writer.insert(
        [JobPlan.first(specification)], job: job,
        requirements: specification.scheduling.requirements)
      try await writer.advance(try await writer.activate(ready))
      return nil
    }
    return (try await job(existing ?? id), existing == nil)
  }

  /// `[a-z0-9]([a-z0-9-]*[a-z0-9])?`, at most 63 characters.
  static func isName(_ text: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (97...122).contains(byte) || (48...57).contains(byte)
    }
    let bytes = Array(text.utf8)
    guard (1...63).contains(bytes.count), let first = bytes.first, let last = bytes.last else {
      return false
    }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }
}

extension JobWriter {
  /// - Returns: The job that the key stands for already; nil when it stands for `job` now.
  fileprivate func claimKey(_ key: String, token: String, request: ContentDigest, job: UUID)
    async throws -> UUID?
  {
    // Waits for a transaction that is using the same key.
    let added = try await connection.query(
      """
      INSERT INTO idempotency_keys (token, key, request, job) VALUES ($1, $2, $3, $4)
      ON CONFLICT (token, key) DO NOTHING RETURNING job
      """, [.text(token), .text(key), .digest(request), .uuid(job)])
    if !added.isEmpty { return nil }
    let rows = try await connection.query(
      "SELECT request, job FROM idempotency_keys WHERE token = $1 AND key = $2",
      [.text(token), .text(key)])
    guard let row = rows.first else { return nil }
    let first: UUID = try row.decode("job")
    guard try row.digest("request") == request else {
      throw JobStoreError.idempotencyConflict(key: key, job: first)
    }
    return first
  }
}
