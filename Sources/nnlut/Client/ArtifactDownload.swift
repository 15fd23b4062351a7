import Artifacts
import CoordinatorClient
import Foundation
import Jobs

/// Fetches an artifact version so that either all of it, verified, is in place or nothing is.
struct ArtifactDownload {
  let client: CoordinatorClient

  /// What was fetched and where it is now.
  struct Fetched: Encodable {
    var name: String
    var version: Int
    var digest: ContentDigest
    var folder: String
  }

  /// - Returns: The version that the folder `into/NAME` now holds.
  /// - Throws: ``StackError`` when that folder cannot be made, or holds something that is no
  ///   artifact: only an earlier version makes room.
  func fetch(name: String, reference: String, into: String) async throws -> Fetched {
    let version = try await client.artifact(name, reference: reference)
    let parent = URL(fileURLWithPath: into, isDirectory: true)
    let target = parent.appending(path: version.name, directoryHint: .isDirectory)
    let temporary = parent.appending(path: ".\(version.name).\(UUID().uuidString)")
    let files = FileManager.default
    let hadOld = files.fileExists(atPath: target.path)
    let manifest = target.appending(path: ArtifactManifest.name)
    guard !hadOld || files.fileExists(atPath: manifest.path) else {
      throw StackError(
        "\(target.path) is there already and is no artifact",
        remedy: "move it away or name another folder with --out")
    }
    do {
      do {
        try files.createDirectory(at: temporary, withIntermediateDirectories: true)
      } catch {
        throw StackError(
          "cannot make a folder in \(parent.path): \(Readable.reason(error))",
          remedy: "name a folder that you may write to with --out")
      }
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
      if hadOld { try files.moveItem(at: target, to: old) }
      try files.moveItem(at: temporary, to: target)
      if hadOld { try? files.removeItem(at: old) }
    }
    return Fetched(
      name: version.name, version: version.version, digest: version.digest, folder: target.path)
  }
}
