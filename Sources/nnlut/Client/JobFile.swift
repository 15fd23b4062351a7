import Foundation
import Jobs

/// Reads a job file from disk; `file:` sources in it are relative to its folder.
enum JobFile {
  static let maximumBytes = 1 << 20

  static func read(_ path: String) throws -> JobSpecification {
    let url = URL(fileURLWithPath: path)
    guard let handle = try? FileHandle(forReadingFrom: url) else {
      throw NotFound(description: "cannot read the job file \(path); check the path")
    }
    defer { try? handle.close() }
    guard let bytes = try? handle.read(upToCount: maximumBytes + 1) ?? Data() else {
      throw UsageError(description: "cannot read the job file \(path); name a file, not a folder")
    }
    guard bytes.count <= maximumBytes else {
      throw UsageError(description: "\(path): a job file has at most 1 MiB")
    }
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw UsageError(description: "\(path): a job file is UTF-8 text; this one is not")
    }
    let specification = try JobSpecification(yaml: text, file: path)
    return specification.resolvingSources(relativeTo: url.deletingLastPathComponent())
  }
}
