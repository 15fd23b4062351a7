import Artifacts
import Foundation

// One file of a server, through the cache.
extension SourceCache {
  /// One file that a server has.
  struct RemoteFile {
    var url: URL
    /// Relative to the folder it belongs to.
    var path: String
    var size: Int64?
    var digest: ContentDigest?
    /// The server says that it has it.
    var isListed = false
    /// Content under this address never changes.
    var isPinned = false
    /// Fetched in parts of this size, bytes.
    var partBytes: Int64?
  }

  /// Fetches a file into the cache, or finds it there.
  /// - Parameter progress: Gets bytes so far and in all (nil: not known).
  /// - Returns: nil when the server has no such file.
  func fetch(
    _ file: RemoteFile, access: WebAccess, maximumBytes: Int64? = nil,
    progress: (Int64, Int64?) throws -> Void
  ) throws -> (digest: ContentDigest, location: URL)? {
    func verifying(_: Double) throws { try progress(0, file.size) }
    if let digest = file.digest,
      let location = try cached(digest, content: .file, progress: verifying)
    {
      return (digest, location)
    }
    let key = ContentDigest(of: Data("file\n\(file.url.absoluteString)".utf8))
    return try store.withLock(key) {
      try progress(0, file.size)
    } work: {
      var known = store.pin(key)
      if let pin = known, let location = try cached(pin.digest, content: .file, progress: verifying)
      {
        if file.isPinned { return (pin.digest, location) }
      } else {
        known = nil
      }
      let partial = PartialFile(place: store.partial(key))
      let download = WebDownload(
        access: access, url: file.url, target: partial,
        name: file.path.isEmpty ? file.url.lastPathComponent : file.path,
        expectedBytes: file.size, maximumBytes: maximumBytes ?? policy.maximumBytes,
        knownTag: known?.tag, partBytes: file.partBytes)
      let outcome = try download.run(progress: progress) { bytes in
        try store.makeRoom(for: bytes, source: access.source) { try progress(0, file.size) }
      }
      switch outcome {
      case .missing: return nil
      case .unchanged:
        guard let known else {
          throw access.failure(
            "the server says that it has not changed, and was not asked", "check the server")
        }
        return (known.digest, store.location(of: known.digest))
      case .fetched(let tag):
        return try install(file, partial: partial, tag: tag, key: key, access: access) {
          try progress($0, $0)
        }
      }
    }
  }

  private func install(
    _ file: RemoteFile, partial: PartialFile, tag: String?, key: ContentDigest, access: WebAccess,
    progress: (Int64) throws -> Void
  ) throws -> (digest: ContentDigest, location: URL) {
    defer { partial.remove() }
    let (digest, size) = try digests.digest(of: partial.place.path) { try progress(file.size ?? 0) }
    if let expected = file.digest, digest != expected {
      throw access.failure(
        "\(file.path) arrived as \(digest.short) where its listing says \(expected.short)",
        "try again; if it stays so, the server is damaged", isRetryable: true)
    }
    let location = try store.install(partial.place, as: digest)
    if tag != nil || file.isPinned {
      try store.setPin(key, SourcePin(digest: digest, tag: tag))
    }
    try progress(size)
    return (digest, location)
  }
}
