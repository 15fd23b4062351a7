import Foundation

/// A small file system of its own, which can be filled and emptied again.
struct SmallDisk: Sendable {
  let folder: URL
  private var filler: URL { folder.appending(path: ".filler") }

  /// Needs root and a mount namespace of our own.
  /// - Throws: ``ChaosError`` when it cannot be mounted.
  init(at folder: URL, megabytes: Int) throws {
    self.folder = folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let status = mount(
      "tmpfs", folder.path, "tmpfs", 0, "size=\(megabytes)m,mode=0777")
    guard status == 0 else {
      throw ChaosError("cannot mount \(folder.path): \(String(cString: strerror(errno)))")
    }
  }

  func fill() {
    let descriptor = open(filler.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    for size in [1 << 20, 4096] {
      let zeros = [UInt8](repeating: 0, count: size)
      while write(descriptor, zeros, size) > 0 {}
    }
  }

  func empty() { unlink(filler.path) }

  func remove() { umount2(folder.path, Int32(MNT_DETACH)) }
}
