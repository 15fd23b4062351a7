import Foundation

/// A file's bytes, mapped read-only for as long as this object lives.
///
/// Whoever replaces such a file must rename a new one into place: a file cut short while it is
/// mapped ends the process.
final class MappedFile: Sendable {
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer?
  let count: Int

  init(path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path, "cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(path, "cannot be examined") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SafetensorsError(file: path, problem: "not a regular file")
    }
    count = Int(status.st_size)
    guard count > 0 else {
      base = nil
      return
    }
    guard let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), mapped != MAP_FAILED
    else { throw Self.failure(path, "cannot be mapped into memory") }
    base = mapped
  }

  deinit {
    if let base { munmap(base, count) }
  }

  /// Valid while this object lives.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  private static func failure(_ path: String, _ what: String) -> SafetensorsError {
    SafetensorsError(file: path, problem: "\(what): \(String(cString: strerror(errno)))")
  }
}
