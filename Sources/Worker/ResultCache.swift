import Artifacts
import Foundation

/// Results that were inputs of tasks on this worker, kept on disk by digest. Every read is
/// verified; a damaged file is fetched again.
struct ResultCache: Sendable {
  let folder: URL

  /// - Throws: When the folder cannot be made.
  init(directory: URL) throws {
    folder = directory.appending(path: "results", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// - Parameter fetch: Gets the bytes when they are not here; they must be `digest`'s.
  func bytes(of digest: ContentDigest, fetch: () throws -> Data) throws -> Data {
    if let bytes = try? Data(contentsOf: place(of: digest)), ContentDigest(of: bytes) == digest {
      return bytes
    }
    let bytes = try fetch()
    keep(bytes, as: digest)
    return bytes
  }

  /// Keeps bytes for later; a full disk only costs the cache.
  func keep(_ bytes: Data, as digest: ContentDigest) {
    let temporary = folder.appending(path: ".\(UUID().uuidString)")
    guard (try? bytes.write(to: temporary)) != nil,
      rename(temporary.path, place(of: digest).path) == 0
    else {
      unlink(temporary.path)
      return
    }
  }

  private func place(of digest: ContentDigest) -> URL {
    folder.appending(path: digest.hexadecimal)
  }
}
