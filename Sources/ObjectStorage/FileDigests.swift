import Artifacts
import Foundation
import Synchronization

/// Digests files, and remembers each digest while the file's device, inode, size and modification
/// time stay the same, so that a model's weights are read once per process, not once per task.
final class FileDigests: Sendable {
  struct Stamp: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
    var size: Int64
    var modifiedSeconds: Int
    var modifiedNanoseconds: Int
  }

  private let known = Mutex<[Stamp: ContentDigest]>([:])

  /// - Throws: `POSIXError`, or what `check` throws between pieces (to cancel).
  func digest(of path: String, check: () throws -> Void) throws -> (
    digest: ContentDigest, size: Int64
  ) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw POSIXError.current }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let stamp = try Self.stamp(of: descriptor)
    if let digest = known.withLock({ $0[stamp] }) { return (digest, stamp.size) }
    var digest = StreamingDigest()
    while let piece = try file.read(upToCount: 4 << 20), !piece.isEmpty {
      digest.update(piece)
      try check()
    }
    let value = digest.finalize()
    // What changed while it was read is not remembered.
    if try Self.stamp(of: descriptor) == stamp { known.withLock { $0[stamp] = value } }
    return (value, stamp.size)
  }

  private static func stamp(of descriptor: Int32) throws -> Stamp {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw POSIXError.current }
    return Stamp(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
      modifiedSeconds: status.st_mtim.tv_sec, modifiedNanoseconds: status.st_mtim.tv_nsec)
  }
}

extension POSIXError {
  /// What a Foundation error says about the system call that failed; read right after it.
  init(of error: any Error) {
    let underlying = (error as? CocoaError)?.underlying ?? error
    if let error = underlying as? POSIXError {
      self = error
    } else if (error as? CocoaError)?.code == .fileWriteOutOfSpace {
      self = POSIXError(.ENOSPC)
    } else {
      self = .current
    }
  }

  var isDiskFull: Bool { code == .ENOSPC || code == .EDQUOT }

  static var current: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

  /// The system's words for it.
  var text: String { String(cString: strerror(code.rawValue)) }
}
