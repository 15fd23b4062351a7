import Artifacts
import Foundation

/// Fetches sources and keeps what came over the network on disk, by content.
///
/// All calls block: they run on executor threads. Several processes may use one folder at the same
/// time. `progress` is called with `0...1` at least about once a second; when it throws, the
/// transfer ends and the error is passed on.
public struct SourceCache: Sendable {
  let policy: FetchPolicy
  let store: CacheStore
  let digests = FileDigests()

  /// - Throws: `SourceError` when the folder cannot be made or written.
  public init(directory: URL, policy: FetchPolicy) throws {
    self.policy = policy
    store = try CacheStore(directory: directory)
  }

  /// Fetches what `source` names now.
  /// - Throws: `SourceError`, or what `progress` throws.
  public func resolve(
    _ source: String, wanting content: SourceContent,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> ResolvedSource {
    try progress(0)
    let resolved: ResolvedSource
    switch try SourceAddress(source) {
    case .local(let path):
      resolved = try resolveLocal(path, source: source, content: content, progress: progress)
    case .web(let url):
      resolved = try resolveWeb(url, source: source, content: content, progress: progress)
    case .hub(let address):
      resolved = try resolveHub(address, source: source, content: content, progress: progress)
    }
    try progress(1)
    return resolved
  }

  /// The content with `digest`: from the cache when it is there, otherwise from `source`.
  /// - Throws: `SourceError` when the source now holds something else; what `progress` throws.
  public func materialize(
    _ source: String, digest: ContentDigest, wanting content: SourceContent,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> URL {
    if let location = try cached(digest, content: content, progress: progress) { return location }
    let resolved = try resolve(source, wanting: content, progress: progress)
    guard resolved.digest == digest else {
      throw SourceError(
        source: source,
        problem: "its content has changed since the job began: it was \(digest.short), now it is "
          + resolved.digest.short,
        remedy: "put the old content back and retry the job, or submit the job again")
    }
    return resolved.location
  }

  /// What the cache has under `digest`, its bytes verified; damaged content is removed.
  func cached(
    _ digest: ContentDigest, content: SourceContent, progress: (Double) throws -> Void
  ) throws -> URL? {
    let location = store.location(of: digest)
    guard let isFolder = store.isFolder(location), isFolder == (content != .file) else {
      return nil
    }
    do {
      let found =
        if isFolder {
          try listing(of: FolderScan.files(in: location.path, limit: policy.maximumFiles)) {
            try progress(0)
          }.digest
        } else {
          try digests.digest(of: location.path) { try progress(0) }.digest
        }
      if found == digest { return location }
    } catch is POSIXError {
      // Unreadable or gone: as good as damaged.
    } catch is FolderScan.TooManyFiles {
      // No folder that this cache has made.
    }
    try store.discard(digest)
    return nil
  }

  func listing(of files: [FolderScan.File], check: () throws -> Void) throws -> FolderListing {
    var listing = FolderListing()
    for file in files {
      let (digest, size) = try digests.digest(of: file.location, check: check)
      listing.add(.init(path: file.path, size: size, digest: digest))
      try check()
    }
    return listing
  }
}
