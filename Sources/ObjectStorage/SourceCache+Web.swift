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
      return try fetchFile(file, source: source, access: access, progress: progress)
    case .model:
      let file = { (name: String) in RemoteFile(url: url.appending(path: name), path: name) }
      return try fetchModel(
        listing: nil, file: file, source: source, access: access,
        hasPickle: {
          try access.exists(url.appending(path: ModelFiles.pickle)) { try progress(0) }
        }, progress: progress)
    case .dataset:
      throw access.failure(
        "a folder cannot be listed over https:",
        "use file:, s3://BUCKET/FOLDER or hf://datasets/ORG/NAME for a folder of data")
    }
  }

  /// The one file that a source names.
  func fetchFile(
    _ file: RemoteFile, source: String, access: WebAccess, progress: (Double) throws -> Void
  ) throws -> ResolvedSource {
    let fetched = try fetch(file, access: access) { bytes, total in
      guard let total, total > 0 else { return try progress(0) }
      try progress(min(1, Double(bytes) / Double(total)))
    }
    guard let fetched else {
      throw access.failure(
        "the server has nothing there (status 404)",
        "check the address; names are case-sensitive")
    }
    return ResolvedSource(source: source, digest: fetched.digest, location: fetched.location)
  }
}

extension WebAccess {
  /// Whether the server has something at `url`.
  /// - Throws: `SourceError`; what `check` throws.
  func exists(_ url: URL, check: () throws -> Void) throws -> Bool {
    struct Enough: Error {}
    do {
      let reply = try get(
        url, headers: ["Range: bytes=0-0"], receive: { _, _ in throw Enough() }, check: check)
      return (200..<300).contains(reply.status)
    } catch is Enough {
      return true
    } catch is WebTransfer.Failure {
      return false
    }
  }
}
