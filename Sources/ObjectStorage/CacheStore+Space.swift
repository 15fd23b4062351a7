import Artifacts
import Foundation
import Synchronization

/// How full a cache was when it was last looked at, plus what this process has asked for since.
final class CacheUsage: Sendable {
  private struct Estimate {
    var bytes: Int64
    var time: ContinuousClock.Instant
  }

  /// Other processes fill the same folder, so an estimate is not good for long.
  private static let shelfLife = Duration.seconds(60)
  private let estimate = Mutex<Estimate?>(nil)

  /// Counts `bytes` if they fit for sure.
  func claim(_ bytes: Int64, limit: Int64) -> Bool {
    estimate.withLock {
      guard let known = $0, .now - known.time < Self.shelfLife, known.bytes <= limit - bytes else {
        return false
      }
      $0?.bytes += bytes
      return true
    }
  }

  func set(_ bytes: Int64) { estimate.withLock { $0 = Estimate(bytes: bytes, time: .now) } }
}

// The cache's size limit: what was used longest ago goes first, and nothing that is in use.
extension CacheStore {
  /// 50 GiB, or half of the disk where that is less.
  static func defaultLimit(of directory: URL) -> Int64 {
    var status = statvfs()
    guard statvfs(directory.path, &status) == 0 else { return 50 << 30 }
    let disk = Int64(clamping: UInt64(status.f_blocks)) * Int64(clamping: UInt64(status.f_frsize))
    return max(1, min(50 << 30, disk / 2))
  }

  /// Makes sure that `bytes` more fit under the limit.
  /// - Parameters:
  ///   - source: For messages.
  ///   - waiting: Called while another process makes room; throws to give up.
  /// - Throws: `SourceError` when they do not fit; what `waiting` throws.
  func makeRoom(for bytes: Int64, source: String, waiting: () throws -> Void) throws {
    guard bytes <= limit else {
      throw SourceError(
        source: source,
        problem: "its \(ByteSize.text(bytes)) are more than the cache may hold"
          + " (\(ByteSize.text(limit)))",
        remedy: "start the worker with a larger --cache-size")
    }
    if usage.claim(bytes, limit: limit) { return }
    try withLock(Self.spaceKey, waiting: waiting) {
      removeLeftovers()
      var inventory = CacheInventory(folders: folders)
      for item in inventory.items where inventory.bytes > limit - bytes {
        guard discardUnused(item.place, isPartial: isPartial(item.place)) else { continue }
        inventory.remove(item)
        try waiting()
      }
      guard inventory.bytes <= limit - bytes || bytes == 0 else {
        throw SourceError(
          source: source,
          problem: "the cache has no room for its \(ByteSize.text(bytes)): of "
            + "\(ByteSize.text(limit)), \(ByteSize.text(inventory.bytes)) are in use",
          remedy: "start the worker with a larger --cache-size or fewer slots", isRetryable: true)
      }
      usage.set(inventory.bytes + bytes)
    }
  }

  private static let spaceKey = ContentDigest(of: Data("space".utf8))
  /// What no one has gone on with for so long is given up, seconds.
  private static let leftoverAge = 7.0 * 86_400
  /// Folders that were being put together when their process ended, seconds.
  private static let abandonedAge = 86_400.0

  /// All whose contents count. The worker keeps results of its tasks in `results`.
  private var folders: [URL] {
    ["sha256", "partial", "results"].map { directory.appending(path: $0) }
  }

  private func isPartial(_ place: URL) -> Bool {
    place.deletingLastPathComponent().lastPathComponent == "partial"
  }

  private func removeLeftovers() {
    let now = Date().timeIntervalSince1970
    let folder = directory.appending(path: "partial")
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      let place = folder.appending(path: name)
      var status = stat()
      guard lstat(place.path, &status) == 0 else { continue }
      let age = now - Double(status.st_mtim.tv_sec)
      if age > (partialKey(place) == nil ? Self.abandonedAge : Self.leftoverAge) {
        discardUnused(place, isPartial: true)
      }
    }
  }

  /// The key whose lock whoever fetches into `place` holds.
  private func partialKey(_ place: URL) -> ContentDigest? {
    ContentDigest("sha256:" + place.deletingPathExtension().lastPathComponent)
  }

  /// - Returns: Whether it is gone.
  @discardableResult
  private func discardUnused(_ place: URL, isPartial: Bool) -> Bool {
    var path = place.path
    if isPartial {
      // What has no key is being put together or taken away by someone, or was: by age only.
      guard let key = partialKey(place) else {
        var status = stat()
        guard lstat(place.path, &status) == 0,
          Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec) > Self.abandonedAge
        else { return false }
        return (try? FileManager.default.removeItem(at: place)) != nil
      }
      path = lockPath(key)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | (isPartial ? O_CREAT : 0), 0o644)
    guard descriptor >= 0 else { return errno == ENOENT }
    defer { close(descriptor) }  // which unlocks it
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
    let grave = directory.appending(path: "partial/removed-\(UUID().uuidString)")
    guard rename(place.path, grave.path) == 0 else { return errno == ENOENT }
    try? FileManager.default.removeItem(at: grave)
    return true
  }
}
