import Artifacts
import Foundation

/// The cache's folder: `sha256/<hex>` holds verified files and folders, `partial/` what is on its
/// way, `pins/` which digest a pinned source had, `locks/` one lock file per thing being fetched.
///
/// Everything gets into place by rename, so a reader sees all of it or nothing.
struct CacheStore: Sendable {
  let directory: URL
  /// What it may hold, bytes.
  let limit: Int64
  let usage = CacheUsage()

  /// - Parameter limit: nil for the default.
  init(directory: URL, limit: Int64?) throws {
    self.directory = directory
    for name in ["sha256", "partial", "pins", "locks"] {
      do {
        try FileManager.default.createDirectory(
          at: directory.appending(path: name), withIntermediateDirectories: true)
      } catch {
        throw SourceError(
          source: directory.path, problem: "the cache folder cannot be made",
          remedy: "check its permissions and the free space, or choose another with --cache")
      }
    }
    self.limit = limit ?? Self.defaultLimit(of: directory)
  }

  func location(of digest: ContentDigest) -> URL {
    directory.appending(path: "sha256/\(digest.hexadecimal)")
  }

  /// Where something is kept while it is fetched; one place per key, under the key's lock.
  func partial(_ key: ContentDigest) -> URL {
    directory.appending(path: "partial/\(key.hexadecimal)")
  }

  /// True for a folder, false for a regular file, nil for nothing or anything else.
  func isFolder(_ url: URL) -> Bool? {
    var status = stat()
    guard stat(url.path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return true
    case S_IFREG: return false
    default: return nil
    }
  }

  /// Lets one thread of one process at a time do the work for `key`.
  /// - Parameter waiting: Called while another has it; throws to give up.
  func withLock<R>(_ key: ContentDigest, waiting: () throws -> Void, work: () throws -> R) throws
    -> R
  {
    let descriptor = open(lockPath(key), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(POSIXError.current) }
    defer { close(descriptor) }  // which unlocks it
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw failure(POSIXError.current) }
      try waiting()
      usleep(50_000)
    }
    return try work()
  }

  func lockPath(_ key: ContentDigest) -> String {
    directory.appending(path: "locks/\(key.hexadecimal)").path
  }

  /// Moves a finished file or folder to its digest's place; what is there already stays.
  func install(_ partial: URL, as digest: ContentDigest) throws -> URL {
    let target = location(of: digest)
    if isFolder(target) == nil, rename(partial.path, target.path) != 0 {
      let error = POSIXError.current
      guard error.code == .EEXIST || error.code == .ENOTEMPTY else { throw failure(error) }
    }
    try? FileManager.default.removeItem(at: partial)
    syncFolder(target.deletingLastPathComponent())
    return target
  }

  /// Removes damaged content, in one step as others see it.
  func discard(_ digest: ContentDigest) throws {
    let grave = directory.appending(path: "partial/damaged-\(UUID().uuidString)")
    guard rename(location(of: digest).path, grave.path) == 0 else {
      guard errno == ENOENT else { throw failure(POSIXError.current) }
      return
    }
    try? FileManager.default.removeItem(at: grave)
  }

  /// Writes a small file so that it is there whole or not at all.
  func write(_ bytes: Data, to url: URL) throws {
    let temporary = directory.appending(path: "partial/\(UUID().uuidString)")
    do {
      try bytes.write(to: temporary)
    } catch {
      unlink(temporary.path)
      throw failure(POSIXError(of: error))
    }
    guard rename(temporary.path, url.path) == 0 else { throw failure(POSIXError.current) }
  }

  func failure(_ error: POSIXError) -> SourceError {
    error.isDiskFull
      ? SourceError(
        source: directory.path, problem: "the disk of the worker's cache is full: \(error.text)",
        remedy: "free some space there, or start the worker with another --cache or a smaller "
          + "--cache-size", isRetryable: true, isDiskFull: true)
      : SourceError(
        source: directory.path, problem: "the cache folder cannot be used: \(error.text)",
        remedy: "check its permissions and the free space", isRetryable: true)
  }

  private func syncFolder(_ url: URL) {
    let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// What a source had when it was last fetched.
struct SourcePin: Codable, Sendable {
  var digest: ContentDigest
  /// The server's word for this version of the content, for a conditional request.
  var tag: String?
}

extension CacheStore {
  func pin(_ key: ContentDigest) -> SourcePin? {
    guard let bytes = try? Data(contentsOf: place(ofPin: key)) else { return nil }
    return try? JSONDecoder().decode(SourcePin.self, from: bytes)
  }

  func setPin(_ key: ContentDigest, _ pin: SourcePin) throws {
    try write(try JSONEncoder().encode(pin), to: place(ofPin: key))
  }

  private func place(ofPin key: ContentDigest) -> URL {
    directory.appending(path: "pins/\(key.hexadecimal)")
  }
}
