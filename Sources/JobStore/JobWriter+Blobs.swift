import Artifacts
import Foundation
import Postgres

extension JobWriter {
  /// Stores blobs of at most ``JobStore/inlineLimit`` bytes; those that are there stay.
  func storeSmallBlobs(_ blobs: [ContentDigest: Data]) async throws {
    guard !blobs.isEmpty else { return }
    let ordered = blobs.sorted { $0.key < $1.key }
    try await connection.query(
      """
      INSERT INTO blobs (digest, size, content)
      SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[])
      ON CONFLICT (digest) DO UPDATE SET touched_at = clock_timestamp()
        WHERE blobs.touched_at < clock_timestamp() - interval '1 minute'
      """,
      [
        .digests(ordered.map(\.key)), .intArray(ordered.map(\.value.count)),
        .bytesArray(ordered.map(\.value)),
      ])
  }

  /// - Throws: ``JobStoreError/blobMissing(_:)`` for the first that is not stored.
  func requireBlobs(_ digests: [ContentDigest]) async throws {
    guard !digests.isEmpty else { return }
    let rows = try await connection.query(
      "SELECT digest FROM blobs WHERE digest = ANY ($1::bytea[]) FOR KEY SHARE",
      [.digests(digests)])
    let found = Set(try rows.map { try $0.requiredDigest("digest") })
    if let missing = digests.first(where: { !found.contains($0) }) {
      throw JobStoreError.blobMissing(missing)
    }
  }

  /// A whole blob.
  /// - Throws: ``JobStoreError/blobMissing(_:)``.
  func blobBytes(_ digest: ContentDigest) async throws -> Data {
    let rows = try await connection.query(
      "SELECT id, content FROM blobs WHERE digest = $1", [.digest(digest)])
    guard let row = rows.first else { throw JobStoreError.blobMissing(digest) }
    if let content: Data = try row.decode("content", as: Data?.self) { return content }
    let chunks = try await connection.query(
      "SELECT content FROM blob_chunks WHERE blob = $1 ORDER BY number",
      [.int(try row.decode("id", as: Int64.self))])
    var bytes = Data()
    for chunk in chunks { bytes.append(try chunk.decode("content", as: Data.self)) }
    return bytes
  }
}
