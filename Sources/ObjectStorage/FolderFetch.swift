import Artifacts
import Foundation

/// Puts a folder together from a server's files, each linked into it as soon as it is there.
struct FolderFetch {
  let cache: SourceCache
  let access: WebAccess
  private let place: URL
  private var listing = FolderListing()
  private(set) var present: Set<String> = []
  private var bytesLeft: Int64
  private var filesLeft: Int
  /// What all files have together, where it is known; and what has arrived.
  private let totalBytes: Int64?
  private var bytes: Int64 = 0
  private let totalFiles: Int
  private var files = 0

  /// - Parameters:
  ///   - totalBytes: The size of all files, where it is known, for progress and room.
  ///   - totalFiles: About how many there are, for progress.
  init(cache: SourceCache, access: WebAccess, totalBytes: Int64?, totalFiles: Int) throws {
    self.cache = cache
    self.access = access
    self.totalBytes = totalBytes
    self.totalFiles = max(totalFiles, 1)
    bytesLeft = cache.policy.maximumBytes
    filesLeft = cache.policy.maximumFiles
    place = cache.store.directory.appending(path: "partial/folder-\(UUID().uuidString)")
    if let totalBytes, totalBytes > bytesLeft {
      throw access.failure(
        "its \(ByteSize.text(totalBytes)) are more than the \(ByteSize.text(bytesLeft)) that this "
          + "worker fetches", "use a smaller one, or raise the worker's limit")
    }
    guard totalFiles <= filesLeft else {
      throw access.failure("it holds more than \(filesLeft) files", "use a smaller data set")
    }
    do {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    } catch { throw cache.store.failure(.current) }
  }

  /// Removes what has not been finished.
  func cleanUp() { try? FileManager.default.removeItem(at: place) }

  /// Fetches a file; one that was only guessed, and that the server does not have, is left out.
  mutating func add(_ file: SourceCache.RemoteFile, progress: (Double) throws -> Void) throws {
    let (bytesBefore, filesBefore) = (bytes, files)
    let (totalBytes, totalFiles) = (totalBytes, totalFiles)
    func share(_ got: Int64, of: Int64?) throws {
      if let totalBytes, totalBytes > 0 {
        return try progress(min(1, Double(bytesBefore + got) / Double(totalBytes)))
      }
      let part = of.map { $0 > 0 ? min(1, Double(got) / Double($0)) : 0 } ?? 0
      try progress(min(1, (Double(filesBefore) + part) / Double(totalFiles)))
    }
    files += 1
    // Once more when it was removed, to make room for another, before it was linked.
    for _ in 0..<3 {
      guard
        let fetched = try cache.fetch(
          file, access: access, maximumBytes: bytesLeft, progress: share)
      else {
        guard !file.isListed else {
          throw access.failure(
            "\(file.path) is in the listing, but not to be had",
            "try again; if it stays so, the server is damaged", isRetryable: true)
        }
        return
      }
      guard try link(fetched.location, as: file.path) else { continue }
      let size = try cache.digests.digest(of: location(of: file.path).path) { try share(0, of: 0) }
        .size
      bytesLeft -= size
      filesLeft -= 1
      bytes += size
      listing.add(.init(path: file.path, size: size, digest: fetched.digest))
      present.insert(file.path)
      return
    }
    throw access.failure(
      "the cache is so full that \(file.path) was removed as soon as it was there",
      "start the worker with a larger --cache-size", isRetryable: true)
  }

  func location(of path: String) -> URL { place.appending(path: path) }

  /// Moves the folder to its place in the cache.
  func finish(progress: (Double) throws -> Void) throws -> (digest: ContentDigest, location: URL) {
    let digest = listing.digest
    let location = try cache.store.withLock(digest) {
      try progress(1)
    } work: {
      if let location = try cache.cached(digest, content: .dataset, progress: progress) {
        return location
      }
      return try cache.store.install(place, as: digest)
    }
    return (digest, location)
  }

  /// - Returns: False when it is no longer there.
  private func link(_ file: URL, as path: String) throws -> Bool {
    let target = location(of: path)
    let files = FileManager.default
    do {
      try files.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      if Foundation.link(file.path, target.path) == 0 { return true }
      guard errno != ENOENT else { return false }
      try files.copyItem(at: file, to: target)
      return true
    } catch { throw cache.store.failure(POSIXError(.EIO)) }
  }
}
