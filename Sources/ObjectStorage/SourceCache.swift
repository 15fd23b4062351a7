import Artifacts
import Foundation

/// Fetches sources and keeps what came over the network on disk, by content.
///
/// All calls block: they run on executor threads. Several processes may use one folder at the same
/// time. `progress` is called with `0...1` at least about once a second; when it throws, the
/// transfer ends and the error is passed on.
///
/// The cache has a size limit. What `resolve` and `materialize` hand out stays as long as this
/// value or a copy of it: whoever does one piece of work after another uses a `scoped` copy for
/// each.
public struct SourceCache: Sendable {
  let policy: FetchPolicy
  let store: CacheStore
  let digests = FileDigests()
  var leases = CacheLeases()

  /// - Throws: `SourceError` when the folder cannot be made or written.
  public init(directory: URL, policy: FetchPolicy) throws {
    self.policy = policy
    store = try CacheStore(directory: directory, limit: policy.maximumCacheBytes)
  }

  /// The same cache; what this copy hands out may be removed once the copy is gone.
  public func scoped() -> SourceCache {
    var copy = self
    copy.leases = CacheLeases()
    return copy
  }

  /// Fetches what `source` names now.
  /// - Throws: `SourceError`, or what `progress` throws.
  public func resolve(
    _ source: String, wanting content: SourceContent,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> ResolvedSource {
    try progress(0)
    let address = try SourceAddress(source)
    guard policy.allowedSchemes.contains(address.scheme) else {
      throw SourceError(
        source: source, problem: "this worker fetches no \(address.scheme): sources",
        remedy:
          "use one of \(policy.allowedSchemes.sorted().joined(separator: ", ")), or start the "
          + "worker with --allow-scheme \(address.scheme)")
    }
    // What has just been fetched may have to make room for what another process fetches.
    for _ in 0..<3 {
      let resolved = try resolve(address, source: source, content: content, progress: progress)
      if case .local = address {
        try progress(1)
        return resolved
      }
      guard leases.hold(resolved.location) else { continue }
      try store.makeRoom(for: 0, source: source) { try progress(1) }
      try progress(1)
      return resolved
    }
    throw SourceError(
      source: source, problem: "the cache is so full that it was removed as soon as it was there",
      remedy: "start the worker with a larger --cache-size", isRetryable: true)
  }

  private func resolve(
    _ address: SourceAddress, source: String, content: SourceContent,
    progress: (Double) throws -> Void
  ) throws -> ResolvedSource {
    switch address {
    case .local(let path):
      try resolveLocal(path, source: source, content: content, progress: progress)
    case .web(let url):
      try resolveWeb(url, source: source, content: content, progress: progress)
    case .hub(let address):
      try resolveHub(address, source: source, content: content, progress: progress)
    case .bucket(let address):
      try resolveBucket(address, source: source, content: content, progress: progress)
    }
  }

  /// The content with `digest`: from the cache when it is there, otherwise from `source`.
  /// - Throws: `SourceError` when the source now holds something else; what `progress` throws.
  public func materialize(
    _ source: String, digest: ContentDigest, wanting content: SourceContent,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> URL {
    // Held before it is verified: what is held stays.
    if leases.hold(store.location(of: digest)),
      let location = try cached(digest, content: content, progress: progress)
    {
      return location
    }
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
