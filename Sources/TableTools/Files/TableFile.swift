import Foundation

/// Reading within a limit, and writing all or nothing.
public enum TableFile {
  /// - Parameter limit: The most bytes.
  /// - Throws: ``TableFileError`` when there is no such file, it is a folder, it is larger or it
  ///   cannot be read.
  static func read(_ path: String, limit: Int) throws -> Data {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TableFileError.missing(path: path)
    }
    guard !isFolder.boolValue else {
      throw TableFileError.refused(path: path, reason: "is a folder; name a file")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw TableFileError.refused(path: path, reason: "cannot be read; check its permissions")
    }
    defer { try? handle.close() }
    let data: Data
    do { data = try handle.read(upToCount: limit + 1) ?? Data() } catch {
      throw TableFileError.refused(path: path, reason: "cannot be read; check the disk")
    }
    guard data.count <= limit else {
      throw TableFileError.refused(
        path: path, reason: "is larger than \(limit >> 20) MiB, the most that is read")
    }
    return data
  }

  /// Whether a file could stand there, before the work that would fill it is done.
  /// - Throws: ``SettingError`` for the flag `out` when the path is empty, a folder or inside none.
  public static func checkPlace(_ path: String) throws {
    func refused(_ problem: String) -> SettingError { SettingError(flag: "out", problem: problem) }
    guard !path.isEmpty else { throw refused("is empty; name a file") }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw refused("'\(path)' is a folder; name a file in it")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else { throw refused("there is no folder \(folder); make it first, or name another file") }
  }

  /// Writes a temporary file beside `path` and renames it: whoever looks sees the old file or the
  /// whole new one.
  /// - Throws: ``TableFileError``; then `path` is as it was.
  public static func write(_ data: Data, to path: String) throws {
    func refused(_ code: Int32) -> TableFileError {
      .refused(path: path, reason: "cannot be written: \(String(cString: strerror(code)))")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw TableFileError.refused(path: path, reason: "is a folder; name a file in it")
    }
    let temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw refused(errno) }
    var problem: Int32 = 0
    data.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count, problem == 0 {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if count > 0 { written += count } else if errno != EINTR { problem = errno }
      }
    }
    if problem == 0, fsync(descriptor) != 0, errno != EINVAL { problem = errno }
    if close(descriptor) != 0, problem == 0 { problem = errno }
    if problem == 0, rename(temporary, path) != 0 { problem = errno }
    guard problem == 0 else {
      unlink(temporary)
      throw refused(problem)
    }
  }
}
