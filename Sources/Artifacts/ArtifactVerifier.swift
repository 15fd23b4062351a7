import Foundation

/// Checks a folder that holds an artifact.
public enum ArtifactVerifier {
  /// Recomputes every digest, checks that the manifest is canonical, that the folder holds the
  /// manifest's files and no others, and that the tables can be read and are what the manifest says.
  ///
  /// - Returns: The artifact's identity.
  /// - Throws: ``ArtifactError`` or `SafetensorsError` that names the file.
  @discardableResult
  public static func verify(_ folder: URL) throws -> ContentDigest {
    let place = folder.appendingPathComponent(ArtifactManifest.name)
    let text = try read(place, limit: ArtifactManifest.maximumBytes)
    let manifest: ArtifactManifest
    do {
      manifest = try ArtifactManifest(decoding: text)
    } catch var error as ArtifactError {
      error.file = place.path
      throw error
    }
    try verifyFiles(of: manifest, in: folder)
    try verifyTables(of: manifest, in: folder)
    return ContentDigest(of: text)
  }

  private static func verifyFiles(of manifest: ArtifactManifest, in folder: URL) throws {
    var expected: Set<String> = [ArtifactManifest.name]
    for file in manifest.files {
      let place = try ArtifactPath.resolve(file.path, in: folder)
      guard expected.insert(file.path).inserted else {
        throw ArtifactError(
          file: place.path, problem: "the manifest names it twice", remedy: "fetch it again")
      }
      let (digest, size) = try digest(of: place)
      guard size == file.size else {
        throw ArtifactError(
          file: place.path, problem: "has \(size) bytes where the manifest says \(file.size)",
          remedy: "fetch the artifact again")
      }
      guard digest == file.digest else {
        throw ArtifactError(
          file: place.path, problem: "is \(digest) where the manifest says \(file.digest)",
          remedy: "fetch the artifact again")
      }
    }
    guard expected.contains(TablesFile.name) else {
      throw ArtifactError(
        file: folder.appendingPathComponent(ArtifactManifest.name).path,
        problem: "names no \(TablesFile.name)", remedy: "fetch the artifact again")
    }
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() {
      var isFolder: ObjCBool = false
      let place = folder.appendingPathComponent(path).path
      _ = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
      guard isFolder.boolValue || expected.contains(path) else {
        throw ArtifactError(
          file: place, problem: "is not part of the artifact", remedy: "move it elsewhere")
      }
    }
  }

  private static func verifyTables(of manifest: ArtifactManifest, in folder: URL) throws {
    let place = folder.appendingPathComponent(TablesFile.name)
    let tables = try TablesFile(contentsOf: place).tables
    for name in Set(manifest.tables.keys).union(tables.keys).sorted() {
      guard let facts = tables[name]?.facts, manifest.tables[name]?.agree(with: facts) == true
      else {
        throw ArtifactError(
          file: place.path,
          problem: "the table '\(name)' is not the one that the manifest describes",
          remedy: "do not use this artifact; make it again")
      }
    }
    for (site, table) in manifest.sites.sorted(by: { $0.key < $1.key }) where tables[table] == nil {
      throw ArtifactError(
        file: place.path, problem: "has no table '\(table)' for the site \(site)",
        remedy: "do not use this artifact; make it again")
    }
  }

  private static func open(_ url: URL) throws -> FileHandle {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular,
      let handle = try? FileHandle(forReadingFrom: url)
    else {
      throw ArtifactError(
        file: url.path, problem: "is missing, unreadable or no regular file",
        remedy: "fetch the artifact again")
    }
    return handle
  }

  private static func read(_ url: URL, limit: Int) throws -> Data {
    let handle = try open(url)
    defer { try? handle.close() }
    return try handle.read(upToCount: limit + 1) ?? Data()
  }

  private static func digest(of url: URL) throws -> (digest: ContentDigest, size: Int) {
    let handle = try open(url)
    defer { try? handle.close() }
    var digest = StreamingDigest()
    var size = 0
    while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
      digest.update(chunk)
      size += chunk.count
    }
    return (digest.finalize(), size)
  }
}
