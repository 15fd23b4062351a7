import Artifacts
import Foundation

// Folders of files that a server has.
extension SourceCache {
  /// Fetches all of a listing.
  func fetchFolder(
    _ files: [RemoteFile], source: String, access: WebAccess, progress: (Double) throws -> Void
  ) throws -> ResolvedSource {
    var folder = try FolderFetch(
      cache: self, access: access, totalBytes: Self.totalBytes(files), totalFiles: files.count)
    defer { folder.cleanUp() }
    for file in files { try folder.add(file, progress: progress) }
    let (digest, location) = try folder.finish(progress: progress)
    return ResolvedSource(source: source, digest: digest, location: location)
  }

  /// Fetches the files of a model.
  /// - Parameters:
  ///   - listing: What the server has; nil when it cannot be known.
  ///   - file: The file with a name, for a server that lists nothing; asked only then.
  ///   - hasPickle: Whether there is `pytorch_model.bin`.
  func fetchModel(
    listing: [RemoteFile]?, file: (String) -> RemoteFile?, source: String, access: WebAccess,
    hasPickle: () throws -> Bool, progress: (Double) throws -> Void
  ) throws -> ResolvedSource {
    var names = ModelFiles(source: access.source)
    let listed = listing.map { files in
      Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }
    var folder = try FolderFetch(
      cache: self, access: access, totalBytes: listing.flatMap(Self.modelBytes),
      totalFiles: listing.map { min($0.count, 20) } ?? 20)
    defer { folder.cleanUp() }
    let read = { (path: String) in
      try ModelFiles.read(folder.location(of: path), name: path, source: access.source)
    }
    if let listed {
      // Weights are long: what is missing is said before they are fetched.
      let there = Set(listed.keys)
      if !there.contains("config.json")
        || there.isDisjoint(with: [ModelFiles.weights, ModelFiles.index])
      {
        try names.requireWhole(present: there, read: read, hasPickle: hasPickle)
      }
    }
    while true {
      let wanted = try names.next(present: folder.present, read: read)
      if wanted.isEmpty { break }
      for name in wanted {
        guard let remote = listed == nil ? file(name) : listed?[name] else { continue }
        try folder.add(remote, progress: progress)
      }
    }
    try names.requireWhole(present: folder.present, read: read, hasPickle: hasPickle)
    let (digest, location) = try folder.finish(progress: progress)
    return ResolvedSource(source: source, digest: digest, location: location)
  }

  private static func totalBytes(_ files: [RemoteFile]) -> Int64? {
    var total: Int64 = 0
    for file in files {
      guard let size = file.size, size >= 0 else { return nil }
      total = total.addingClamped(size)
    }
    return total
  }

  /// About what a model's files have: a repository may hold other weights, too.
  private static func modelBytes(_ files: [RemoteFile]) -> Int64? {
    let hasWhole = files.contains { $0.path == ModelFiles.weights }
    return totalBytes(
      files.filter { file in
        guard !file.path.contains("/") else { return false }
        if file.path.hasSuffix(".safetensors") {
          return hasWhole ? file.path == ModelFiles.weights : true
        }
        return file.path.hasSuffix(".json") || file.path.hasSuffix(".txt")
      })
  }
}
