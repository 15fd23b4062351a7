import Artifacts
import Foundation
import Synchronization

/// A blob on its way into a file. What does not get finished leaves nothing behind.
final class BlobDownload: Sendable {
  private struct State: Sendable {
    var digest = StreamingDigest()
    var failure: String?
    var isFinished = false
  }

  private let target: URL
  private let temporary: URL
  private let file: FileHandle
  private let state = Mutex(State())

  /// - Throws: `CoordinatorClientError.localFile` when the folder cannot be written.
  init(to target: URL) throws {
    self.target = target
    temporary = target.deletingLastPathComponent()
      .appending(path: ".\(target.lastPathComponent).\(UUID().uuidString)")
    let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CoordinatorClientError.localFile(
        path: temporary.path, reason: "cannot be made: \(String(cString: strerror(errno)))")
    }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  deinit {
    if !state.withLock(\.isFinished) { unlink(temporary.path) }
  }

  /// - Returns: False when the disk does not take it.
  func append(_ bytes: Data) -> Bool {
    state.withLock { state in
      do {
        try file.write(contentsOf: bytes)
        state.digest.update(bytes)
        return true
      } catch {
        state.failure = "cannot be written: \(error)"
        return false
      }
    }
  }

  /// - Throws: What went wrong on this side.
  func check() throws {
    if let reason = state.withLock(\.failure) {
      throw CoordinatorClientError.localFile(path: temporary.path, reason: reason)
    }
  }

  /// Puts the file into place.
  /// - Returns: False when the bytes are not `digest`'s; then there is no file.
  func finish(expecting digest: ContentDigest) throws -> Bool {
    try state.withLock { state in
      guard state.digest.finalize() == digest else { return false }
      do {
        try file.synchronize()
        try file.close()
      } catch {
        throw CoordinatorClientError.localFile(
          path: temporary.path, reason: "cannot be written: \(error)")
      }
      guard rename(temporary.path, target.path) == 0 else {
        throw CoordinatorClientError.localFile(
          path: target.path, reason: "cannot be put into place: \(String(cString: strerror(errno)))"
        )
      }
      state.isFinished = true
      return true
    }
  }
}

/// Digests a file on a thread that may block.
enum BlobFileDigest {
  static func of(_ file: URL) async throws -> ContentDigest {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try read(file) }) }
    }
  }

  private static func read(_ url: URL) throws -> ContentDigest {
    do {
      let file = try FileHandle(forReadingFrom: url)
      defer { try? file.close() }
      var digest = StreamingDigest()
      while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { digest.update(piece) }
      return digest.finalize()
    } catch {
      throw CoordinatorClientError.localFile(path: url.path, reason: "cannot be read: \(error)")
    }
  }
}
