import Artifacts
import Foundation

extension CoordinatorClient {
  /// A blob in memory, its digest verified.
  /// - Parameter maximumBytes: A longer one is an error.
  public func blob(_ digest: ContentDigest, maximumBytes: Int = 1 << 30) async throws -> Data {
    let request = APIRequest("GET", ["blobs", digest.description], isRepeatable: true)
    let body = try await send(request.transferring(.memory(maximumBytes: maximumBytes))).body
    guard ContentDigest(of: body) == digest else { throw wrongDigest(digest) }
    return body
  }

  /// A blob into a file: a temporary file beside it, verified and synced, then renamed.
  public func downloadBlob(_ digest: ContentDigest, to file: URL) async throws {
    let request = APIRequest("GET", ["blobs", digest.description], isRepeatable: true)
    var tries = 0
    while true {
      tries += 1
      let download = try BlobDownload(to: file)
      var once = request.transferring(.stream { download.append($0) })
      once.isRepeatable = false
      do {
        _ = try await send(once)
        guard try download.finish(expecting: digest) else { throw wrongDigest(digest) }
        return
      } catch let error as CoordinatorClientError {
        try download.check()
        guard error.isTransient, tries < retries.maximumTries else { throw error }
      }
      try await Task.sleep(for: retries.delay(after: tries))
    }
  }

  /// Stores `bytes`; storing the same twice is no error.
  public func uploadBlob(_ bytes: Data) async throws -> ContentDigest {
    let digest = ContentDigest(of: bytes)
    try await put(.data(bytes), as: digest)
    return digest
  }

  /// Stores a file's bytes, streamed.
  public func uploadBlob(contentsOf file: URL) async throws -> ContentDigest {
    let digest = try await BlobFileDigest.of(file)
    try await put(.file(file), as: digest)
    return digest
  }

  private func put(_ body: HTTPRequest.Body, as digest: ContentDigest) async throws {
    var request = APIRequest("PUT", ["blobs", digest.description], isRepeatable: true)
      .transferring()
    request.headers.append(("Content-Type", "application/octet-stream"))
    request.body = body
    _ = try await send(request)
  }

  private func wrongDigest(_ digest: ContentDigest) -> CoordinatorClientError {
    .invalidReply(
      endpoint: endpoint.absoluteString,
      reason: "the bytes it sent for \(digest) have another digest")
  }
}
