import Artifacts
import Foundation
import JobStore
import Testing

@Suite struct BlobTests {
  private func bytes(_ count: Int, seed: Int = 0) -> Data {
    Data((0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 2_654_435_761 >> 13) })
  }

  private func pieces(_ data: Data, of size: Int) -> AsyncStream<Data> {
    AsyncStream { continuation in
      var rest = data[...]
      while !rest.isEmpty {
        continuation.yield(Data(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      continuation.finish()
    }
  }

  @Test(arguments: [0, 1, JobStore.inlineLimit, JobStore.inlineLimit + 1, 1 << 20, (5 << 20) / 2])
  func bytesComeBack(_ count: Int) async throws {
    try await StoreHarness.with { harness in
      let data = bytes(count)
      let digest = ContentDigest(of: data)
      #expect(try await !harness.store.hasBlob(digest))
      for _ in 0..<2 { try await harness.store.putBlob(digest, pieces(data, of: 300_001)) }
      let blob = try await harness.store.blob(digest)
      #expect(blob.size == count)
      for try await chunk in blob.chunks { #expect(chunk.count <= 1 << 20) }
      #expect(try await blob.chunks.collect() == data)
      let stored = try await harness.pool.query("SELECT count(*) AS n FROM blobs")
      #expect(try stored.first?.decode("n", as: Int.self) == 1)
    }
  }

  @Test func wrongOrTooManyBytesLeaveNothing() async throws {
    try await StoreHarness.with { harness in
      let data = bytes(2 << 20)
      let other = ContentDigest(of: Data("other".utf8))
      await #expect(
        throws: JobStoreError.digestMismatch(announced: other, found: ContentDigest(of: data))
      ) { try await harness.store.putBlob(other, pieces(data, of: 100_000)) }
      let digest = ContentDigest(of: data)
      let limit = data.count - 1
      await #expect(throws: JobStoreError.blobTooLarge(digest, limit: limit)) {
        try await harness.store.putBlob(digest, limit: limit, pieces(data, of: 100_000))
      }
      await #expect(throws: JobStoreError.unknownBlob(digest)) {
        try await harness.store.blob(digest)
      }
      let left = try await harness.pool.query(
        "SELECT (SELECT count(*) FROM blobs) + (SELECT count(*) FROM blob_chunks) AS n")
      #expect(try left.first?.decode("n", as: Int.self) == 0)
    }
  }

  @Test func uploadsOfTheSameAtOnceMakeOneBlob() async throws {
    try await StoreHarness.with { harness in
      let data = bytes(3 << 20)
      let digest = ContentDigest(of: data)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<5 {
          group.addTask { try await harness.store.putBlob(digest, pieces(data, of: 1 << 19)) }
        }
        try await group.waitForAll()
      }
      let rows = try await harness.pool.query(
        "SELECT (SELECT count(*) FROM blobs) AS b, (SELECT count(*) FROM blob_chunks) AS c")
      #expect(try rows.first?.decode("b", as: Int.self) == 1)
      #expect(try rows.first?.decode("c", as: Int.self) == 3)
      #expect(try await harness.store.blob(digest).chunks.collect() == data)
    }
  }

  @Test func pruningKeepsWhatIsReferredTo() async throws {
    try await StoreHarness.with { harness in
      let loose = try await harness.store.putBlob(Data("loose".utf8))
      let job = try await harness.submit()
      let session = try await harness.beginSession()
      try await harness.drainQueue(session)
      #expect(
        try await harness.store.prune(RetentionPolicy(looseSeconds: 3600), limit: 1000).blobs == 0)
      try await harness.age("blobs", "touched_at", seconds: 7200)
      #expect(
        try await harness.store.prune(RetentionPolicy(looseSeconds: 3600), limit: 1000).blobs == 1)
      #expect(try await !harness.store.hasBlob(loose))
      _ = try await harness.store.results(job: job, kinds: nil)
      let artifact = try await harness.store.artifact("sample-a", "latest")
      for file in artifact.files { #expect(try await harness.store.hasBlob(file.digest)) }
    }
  }
}
