import Artifacts
import Foundation

// `https:` sources: one file, or a model directory whose files lie beside each other.
extension SourceCache {
  func resolveWeb(
    _ url: URL, source: String, content: SourceContent, progress: (Double) throws -> Void
  ) throws -> ResolvedSource {
    let access = WebAccess(policy: policy, source: source)
    switch content {
    case .file:
      let file = RemoteFile(url: url, path: url.lastPathComponent)
      guard let fetched = try fetch(file, access: access, progress: progress) else {
        throw access.refusal(404)
      }
      return ResolvedSource(source: source, digest: fetched.digest, location: fetched.location)
    case .model:
      let files = SourceContent.modelFiles.map {
        RemoteFile(url: url.appending(path: $0), path: $0)
      }
      return try fetchFolder(
        files, source: source, content: content, access: access, progress: progress)
    case .dataset:
      throw access.failure(
        "a folder cannot be listed over https:",
        "use file: or hf://datasets/ORG/NAME for a folder of data")
    }
  }

  /// One file that a server has.
  struct RemoteFile {
    var url: URL
    /// Relative to the folder it belongs to.
    var path: String
    var size: Int64?
    var digest: ContentDigest?
    /// The server says that it has it, and content under this address never changes.
    var isListed = false
  }

  /// Fetches a file into the cache, or finds it there.
  /// - Returns: nil when the server has no such file.
  func fetch(
    _ file: RemoteFile, access: WebAccess, maximumBytes: Int64? = nil,
    progress: (Double) throws -> Void
  ) throws -> (digest: ContentDigest, location: URL)? {
    if let digest = file.digest,
      let location = try cached(digest, content: .file, progress: progress)
    {
      return (digest, location)
    }
    let key = ContentDigest(of: Data("file\n\(file.url.absoluteString)".utf8))
    return try store.withLock(key) {
      try progress(0)
    } work: {
      var known = store.pin(key)
      if let pin = known, let location = try cached(pin.digest, content: .file, progress: progress)
      {
        if file.isListed { return (pin.digest, location) }
      } else {
        known = nil
      }
      let partial = store.partial(key)
      defer { unlink(partial.path) }
      let download = WebDownload(
        access: access, url: file.url, target: partial, expectedBytes: file.size,
        maximumBytes: maximumBytes ?? policy.maximumBytes, knownTag: known?.tag)
      let outcome = try download.run { bytes, total in
        guard let total, total > 0 else { return try progress(0) }
        try progress(min(1, Double(bytes) / Double(total)))
      }
      switch outcome {
      case .missing: return nil
      case .unchanged:
        guard let known else { throw access.refusal(304) }
        return (known.digest, store.location(of: known.digest))
      case .fetched(let tag):
        let digest = try digests.digest(of: partial.path) { try progress(1) }.digest
        if let expected = file.digest, digest != expected {
          throw access.failure(
            "\(file.path) arrived as \(digest.short) where its listing says \(expected.short)",
            "try again; if it stays so, the server is damaged", isRetryable: true)
        }
        let location = try store.install(partial, as: digest)
        if tag != nil || file.isListed {
          try store.setPin(key, SourcePin(digest: digest, tag: tag))
        }
        return (digest, location)
      }
    }
  }

  /// Fetches a folder's files and puts the folder together; files that were only guessed and that
  /// the server does not have are left out.
  func fetchFolder(
    _ files: [RemoteFile], source: String, content: SourceContent, access: WebAccess,
    progress: (Double) throws -> Void
  ) throws -> ResolvedSource {
    guard files.count <= policy.maximumFiles else {
      throw access.failure(
        "it holds more than \(policy.maximumFiles) files", "use a smaller data set")
    }
    var listing = FolderListing()
    var places: [(path: String, location: URL)] = []
    var left = policy.maximumBytes
    for (index, file) in files.enumerated() {
      let share = { (part: Double) in (Double(index) + part) / Double(files.count) }
      guard
        let fetched = try fetch(
          file, access: access, maximumBytes: left, progress: { try progress(share($0)) })
      else {
        guard !file.isListed else {
          throw access.failure(
            "\(file.path) is in the listing, but not to be had",
            "try again; if it stays so, the server is damaged", isRetryable: true)
        }
        continue
      }
      let size = try digests.digest(of: fetched.location.path) { try progress(share(1)) }.size
      left -= size
      listing.add(.init(path: file.path, size: size, digest: fetched.digest))
      places.append((file.path, fetched.location))
    }
    if content == .model {
      try Self.requireModel(places.map(\.path), source: source, hasPickle: false)
    }
    let location = try assemble(places, as: listing.digest, progress: progress)
    return ResolvedSource(source: source, digest: listing.digest, location: location)
  }

  /// A folder of links to cached files.
  private func assemble(
    _ places: [(path: String, location: URL)], as digest: ContentDigest,
    progress: (Double) throws -> Void
  ) throws -> URL {
    try store.withLock(digest) {
      try progress(1)
    } work: {
      if let location = try cached(digest, content: .dataset, progress: progress) {
        return location
      }
      let partial = store.partial(digest)
      let files = FileManager.default
      do {
        try? files.removeItem(at: partial)
        for place in places {
          let target = partial.appending(path: place.path)
          try files.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
          if link(place.location.path, target.path) != 0 {
            try files.copyItem(at: place.location, to: target)
          }
        }
      } catch {
        throw store.failure(POSIXError(.EIO))
      }
      return try store.install(partial, as: digest)
    }
  }
}
