import Artifacts
import Foundation
import LookupTables

/// The tables of a fetched artifact, by site.
public struct ArtifactTables: Sendable {
  public let manifest: ArtifactManifest
  public let digest: ContentDigest
  /// Site → the table that stands there.
  public let tables: [String: LookupTable]

  /// Reads a folder that `nnlut artifact fetch` made, every digest checked.
  /// - Throws: `ArtifactError` that names the file and the remedy.
  public init(folder: URL) throws {
    digest = try ArtifactVerifier.verify(folder)
    manifest = try ArtifactManifest(
      decoding: Data(contentsOf: folder.appending(path: ArtifactManifest.name)))
    let named = try TablesFile(contentsOf: folder.appending(path: TablesFile.name)).tables
    tables = try manifest.sites.mapValues { name in
      guard let table = named[name]?.table else {
        throw ArtifactError(
          file: TablesFile.name, problem: "there is no table '\(name.prefix(120))'",
          remedy: "fetch the artifact again")
      }
      return table
    }
  }
}
