import Artifacts
import Foundation
import Synchronization

/// What of a cache is in use: a shared lock on each file or folder handed out, held as long as this
/// object lives. Whoever makes room takes an exclusive lock first, in any process, and so passes
/// over what is in use.
final class CacheLeases: Sendable {
  private struct Lease {
    var descriptor: Int32
    var device: UInt64
    var inode: UInt64
  }

  private let held = Mutex<[String: Lease]>([:])

  deinit {
    held.withLock { for lease in $0.values { close(lease.descriptor) } }
  }

  /// Holds what is at `place`, and marks it as used now.
  /// - Returns: False when there is nothing.
  func hold(_ place: URL) -> Bool {
    let descriptor = open(place.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    // Whoever holds it exclusively is moving it away, which takes no time.
    while flock(descriptor, LOCK_SH) != 0 {
      guard errno == EINTR else {
        close(descriptor)
        return false
      }
    }
    var locked = stat()
    var there = stat()
    guard fstat(descriptor, &locked) == 0, stat(place.path, &there) == 0,
      locked.st_ino == there.st_ino, locked.st_dev == there.st_dev
    else {
      close(descriptor)
      return false
    }
    UsageTime.setNow(descriptor)
    let lease = Lease(
      descriptor: descriptor, device: UInt64(locked.st_dev), inode: UInt64(locked.st_ino))
    let old = held.withLock { $0.updateValue(lease, forKey: place.path) }
    if let old { close(old.descriptor) }
    return true
  }
}

/// When something was last used: its access time, set by hand, since file systems are mounted
/// `noatime`. The modification time stays, by which digests are remembered.
enum UsageTime {
  static func setNow(_ descriptor: Int32) {
    // Not UTIME_NOW, by which what is used within some milliseconds has the same time.
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    // UTIME_OMIT of <sys/stat.h>, which is a macro.
    var times = [now, timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
    _ = futimens(descriptor, &times)
  }

  /// Seconds since 1970.
  static func of(_ status: stat) -> Double {
    Double(status.st_atim.tv_sec) + Double(status.st_atim.tv_nsec) / 1e9
  }
}
