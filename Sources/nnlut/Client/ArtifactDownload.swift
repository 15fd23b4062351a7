import Artifacts
import CoordinatorClient
import Foundation
import Jobs

/// Fetches an artifact version so that either all of it, verified, is in place or nothing is.
struct ArtifactDownload {
  let client: CoordinatorClient

  /// - Returns: The folder `into/NAME` that now holds the version.
  func fetch(name: String, reference: String, into: String) async throws -> URL {
    let version = try await client.artifact(name, reference: reference)
    let parent = URL(fileURLWithPath: into, isDirectory: true)
    let target = parent.appending(path: version.name, directoryHint: .isDirectory)
    let temporary = parent.appending(path: ".\(version.name).\(UUID().uuidString)")
    let files = FileManager.default
    do {
      try files.createDirectory(at: temporary, withIntermediateDirectories: true)
      defer { try? files.removeItem(at: temporary) }
      for file in version.files {
        let place = try ArtifactPath.resolve(file.path, in: temporary)
        try files.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try await client.downloadBlob(file.digest, to: place)
      }
      let digest = try ArtifactVerifier.verify(temporary)
      guard digest == version.digest else {
        throw StackError(
          "\(version.name)@\(version.version): the files are \(digest), not \(version.digest)",
          remedy: "fetch it again; if it stays so, the coordinator's store is damaged")
      }
      // An older version of the same name makes room; its bytes are still in the registry.
      let old = parent.appending(path: ".\(version.name).old.\(UUID().uuidString)")
      let hadOld = files.fileExists(atPath: target.path)
      if hadOld { try files.moveItem(at: target, to: old) }
      try files.moveItem(at: temporary, to: target)
      if hadOld { try? files.removeItem(at: old) }
    }
    return target
  }
}
