import Foundation

/// Numbers on disk for as long as this object lives: the file has no name, so nothing is left of it
/// however the process ends.
final class ScratchFile: Sendable {
  private let descriptor: Int32
  private let folder: String

  /// - Throws: `EvaluationError` when `folder` cannot be written to.
  init(in folder: URL) throws {
    self.folder = folder.path
    var template = Array(folder.appendingPathComponent("nnlut-outputs.XXXXXX").path.utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Self.failure(folder.path, "written to", errno) }
    unlink(template)
  }

  deinit { close(descriptor) }

  /// Adds numbers at the end.
  /// - Throws: `EvaluationError` when the disk is full.
  func append(_ values: [Float]) throws {
    try values.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw Self.failure(folder, "written to", errno) }
        rest = rest.dropFirst(written)
      }
    }
  }

  /// - Parameter span: of numbers that were added before.
  /// - Throws: `EvaluationError` when the disk fails.
  func read(_ span: Range<Int>) throws -> [Float] {
    let size = MemoryLayout<Float>.size
    return try [Float](unsafeUninitializedCapacity: span.count) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      var done = 0
      while done < span.count * size {
        let found = pread(
          descriptor, bytes.baseAddress?.advanced(by: done), span.count * size - done,
          off_t(span.lowerBound * size + done))
        if found < 0, errno == EINTR { continue }
        guard found > 0 else { throw Self.failure(folder, "read from", errno) }
        done += found
      }
      count = span.count
    }
  }

  private static func failure(_ folder: String, _ what: String, _ code: Int32) -> EvaluationError {
    EvaluationError(
      file: folder,
      problem:
        "a model's outputs cannot be \(what) this folder (\(String(cString: strerror(code))))",
      remedy: "free space there, or choose another folder")
  }
}
