import Artifacts
import Foundation
import Postgres

extension JobStore {
  /// The size of a stored piece, in bytes.
  static let chunkSize = 1 << 20

  /// Stores bytes as they come, in pieces, without holding a connection while waiting for them.
  /// Storing what is there already changes nothing.
  ///
  /// - Parameters:
  ///   - digest: What the bytes must have.
  ///   - limit: The most bytes that are taken.
  ///   - token: Name of the token that brings them, against whose quota they count.
  /// - Throws: ``JobStoreError/digestMismatch(announced:found:)``,
  ///   ``JobStoreError/quotaExceeded(token:quota:limit:used:)``,
  ///   ``JobStoreError/blobTooLarge(_:limit:)``, or what reading `bytes` throws; nothing is stored
  ///   then.
  public func putBlob<Bytes: AsyncSequence>(
    _ digest: ContentDigest, limit: Int = 256 << 20, token: String? = nil, _ bytes: Bytes
  ) async throws where Bytes.Element == Data {
    let (isStored, quota) = try await standing(of: digest, token: token)
    if let quota, !isStored {
      try await pool.withConnection { connection in
        try await JobWriter(connection: connection).checkQuota(quota, adding: 1)
      }
    }
    var hasher = StreamingDigest()
    var size = 0
    var buffer = Data()
    var upload: Upload?
    do {
      for try await piece in bytes {
        size += piece.count
        guard size <= limit else { throw JobStoreError.blobTooLarge(digest, limit: limit) }
        hasher.update(piece)
        if isStored { continue }
        buffer.append(piece)
        while buffer.count >= Self.chunkSize {
          upload = try await store(Data(buffer.prefix(Self.chunkSize)), in: upload)
          buffer = Data(buffer.dropFirst(Self.chunkSize))
        }
      }
      let found = hasher.finalize()
      guard found == digest else {
        throw JobStoreError.digestMismatch(announced: digest, found: found)
      }
      if isStored { return try await touch(digest) }
      if upload != nil || buffer.count > Self.inlineLimit {
        if !buffer.isEmpty { upload = try await store(buffer, in: upload) }
        if let upload {
          if let quota { try await charge(upload, size: size, to: quota) }
          try await finish(upload, digest: digest, size: size)
        }
      } else {
        let content = buffer
        try await pool.transaction { connection in
          let writer = JobWriter(connection: connection)
          try await writer.storeSmallBlobs([digest: content])
          if let quota { try await writer.charge(digest, size: content.count, to: quota) }
        }
      }
    } catch {
      if let upload { await abandon(upload) }
      throw error
    }
  }

  /// Stores bytes and returns their digest.
  @discardableResult
  public func putBlob(_ data: Data) async throws -> ContentDigest {
    let digest = ContentDigest(of: data)
    let single = AsyncStream<Data> { continuation in
      continuation.yield(data)
      continuation.finish()
    }
    try await putBlob(digest, limit: .max, single)
    return digest
  }

  public func hasBlob(_ digest: ContentDigest) async throws -> Bool {
    try await !pool.query(
      "SELECT 1 AS found FROM blobs WHERE digest = $1", [.digest(digest)]
    ).isEmpty
  }

  /// - Throws: ``JobStoreError/unknownBlob(_:)``.
  public func blob(_ digest: ContentDigest) async throws -> StoredBlob {
    let rows = try await pool.query(
      "SELECT id, size, content FROM blobs WHERE digest = $1", [.digest(digest)])
    guard let row = rows.first else { throw JobStoreError.unknownBlob(digest) }
    let size: Int = try row.decode("size")
    return StoredBlob(
      digest: digest, size: size,
      chunks: BlobChunks(
        pool: pool, digest: digest, blob: try row.decode("id"), size: size,
        content: try row.decode("content")))
  }

  /// Whether it is stored, and the quota of the token where that has one.
  private func standing(of digest: ContentDigest, token: String?) async throws
    -> (isStored: Bool, quota: BlobQuota?)
  {
    let rows = try await pool.query(
      """
      SELECT EXISTS (SELECT FROM blobs WHERE digest = $1) AS stored, (
        SELECT max_blob_bytes FROM tokens WHERE name = $2 AND revoked_at IS NULL) AS quota
      """, [.digest(digest), .text(token)])
    guard let row = rows.first else { return (false, nil) }
    let limit: Int64? = try row.decode("quota")
    return (
      try row.decode("stored"),
      token.flatMap { name in limit.map { BlobQuota(token: name, limit: $0) } }
    )
  }

  private func charge(_ upload: Upload, size: Int, to quota: BlobQuota) async throws {
    try await pool.transaction { connection in
      try await JobWriter(connection: connection).checkQuota(quota, adding: size)
      try await connection.query(
        "UPDATE blobs SET token = $2, size = $3 WHERE id = $1",
        [.int(upload.blob), .text(quota.token), .int(size)])
    }
  }

  private struct Upload {
    var blob: Int64
    var chunks: Int
  }

  private func store(_ chunk: Data, in upload: Upload?) async throws -> Upload {
    var current: Upload
    if let upload {
      current = upload
    } else {
      let rows = try await pool.query("INSERT INTO blobs DEFAULT VALUES RETURNING id")
      guard let row = rows.first else { throw PostgresError(message: "no blob was added") }
      current = Upload(blob: try row.decode("id"), chunks: 0)
    }
    _ = try await pool.query(
      """
      INSERT INTO blob_chunks (blob, number, content) VALUES ($1, $2, $3)
      ON CONFLICT (blob, number) DO NOTHING
      """, [.int(current.blob), .int(current.chunks), .bytes(chunk)])
    current.chunks += 1
    return current
  }

  private func finish(_ upload: Upload, digest: ContentDigest, size: Int) async throws {
    do {
      let rows = try await pool.query(
        """
        UPDATE blobs SET digest = $2, size = $3, touched_at = clock_timestamp() WHERE id = $1
        RETURNING id
        """, [.int(upload.blob), .digest(digest), .int(size)])
      guard !rows.isEmpty else {
        throw JobStoreError.invalid("the upload of \(digest) took too long: send it again")
      }
    } catch let error as PostgresError where error.isUniqueViolation {
      // Another upload of the same was faster.
      await abandon(upload)
      try await touch(digest)
    }
  }

  private func abandon(_ upload: Upload) async {
    do {
      _ = try await pool.query("DELETE FROM blobs WHERE id = $1", [.int(upload.blob)])
    } catch {
      // Pruning removes it.
      logger.debug("upload not removed", metadata: ["reason": "\(error)"])
    }
  }

  /// Keeps a blob from being pruned before something refers to it.
  private func touch(_ digest: ContentDigest) async throws {
    _ = try await pool.query(
      """
      UPDATE blobs SET touched_at = clock_timestamp()
      WHERE digest = $1 AND touched_at < clock_timestamp() - interval '1 minute'
      """, [.digest(digest)])
  }
}

/// A blob's bytes in pieces of at most 1 MiB; no connection is held between two pieces.
public struct BlobChunks: AsyncSequence, Sendable {
  public typealias Element = Data

  let pool: PostgresPool
  let digest: ContentDigest
  let blob: Int64
  let size: Int
  let content: Data?

  public struct AsyncIterator: AsyncIteratorProtocol {
    let chunks: BlobChunks
    var delivered = 0
    var number = 0

    /// - Throws: ``JobStoreError/unknownBlob(_:)`` when it was pruned meanwhile.
    public mutating func next() async throws -> Data? {
      guard delivered < chunks.size else { return nil }
      let piece: Data
      if let content = chunks.content {
        piece = content
      } else {
        let rows = try await chunks.pool.query(
          "SELECT content FROM blob_chunks WHERE blob = $1 AND number = $2",
          [.int(chunks.blob), .int(number)])
        guard let row = rows.first else { throw JobStoreError.unknownBlob(chunks.digest) }
        piece = try row.decode("content")
      }
      guard !piece.isEmpty else { throw JobStoreError.unknownBlob(chunks.digest) }
      number += 1
      delivered += piece.count
      return piece
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(chunks: self) }

  /// All bytes at once.
  public func collect() async throws -> Data {
    var bytes = Data(capacity: size)
    for try await piece in self { bytes.append(piece) }
    return bytes
  }
}
