import Artifacts
import Foundation
import Hummingbird
import JobStore
import Jobs
import Logging

/// `/v1/blobs`: results and artifact files by digest, streamed both ways, never whole in memory.
struct BlobRoutes: Sendable {
  let store: JobStore
  let limits: CoordinatorLimits

  var routes: [Route] {
    [
      Route(.get, "/v1/blobs/{digest}", .workOrRead, download),
      Route(.put, "/v1/blobs/{digest}", .role(.work), upload),
    ]
  }

  @Sendable private func download(_ request: APIRequest) async throws -> Response {
    let digest = try request.digest("digest")
    let tag = EntityTag("\(digest)")
    let caching = ["ETag": tag.text, "Cache-Control": "private, max-age=31536000, immutable"]
    if request.has(tag), try await store.hasBlob(digest) { return Reply.notModified(caching) }
    let blob = try await store.blob(digest)
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/octet-stream", .eTag: tag.text,
        .cacheControl: caching["Cache-Control"] ?? "private",
      ],
      body: ResponseBody(contentLength: blob.size) { writer in
        do {
          for try await chunk in blob.chunks { try await writer.write(ByteBuffer(bytes: chunk)) }
        } catch {
          // The connection closes short of Content-Length, so that the client cannot mistake it.
          request.logger.warning(
            "blob cut short", metadata: ["digest": "\(blob.digest)", "error": "\(error)"])
          throw error
        }
        try await writer.finish(nil)
      })
  }

  /// 201, also for a blob that is there already. Nothing is stored unless all bytes came and have
  /// the digest in the path.
  @Sendable private func upload(_ request: APIRequest) async throws -> Response {
    let digest = try request.digest("digest")
    try request.checkContentLength(upTo: limits.blob)
    try await store.putBlob(
      digest, limit: limits.blob, token: request.identity?.name,
      BodyChunks(body: request.request.body, size: 1 << 20))
    return Response(status: .created, headers: [.location: "/v1/blobs/\(digest)"])
  }
}

/// A request's body in pieces of `size` bytes (the last one shorter), whatever pieces it came in.
struct BodyChunks: AsyncSequence {
  typealias Element = Data
  let body: RequestBody
  let size: Int

  struct AsyncIterator: AsyncIteratorProtocol {
    var buffers: RequestBody.AsyncIterator
    let size: Int
    var rest = ByteBuffer()

    mutating func next() async throws -> Data? {
      var chunk = Data(capacity: size)
      while chunk.count < size {
        if rest.readableBytes == 0 {
          guard let buffer = try await buffers.next() else { break }
          rest = buffer
        }
        let count = Swift.min(size - chunk.count, rest.readableBytes)
        if let piece = rest.readSlice(length: count) {
          chunk.append(contentsOf: piece.readableBytesView)
        }
      }
      return chunk.isEmpty ? nil : chunk
    }
  }

  func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(buffers: body.makeAsyncIterator(), size: size)
  }
}
