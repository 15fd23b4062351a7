import Artifacts
import Foundation

// `hf:` sources: the hub's API names the commit and the files; only the wanted files are fetched.
extension SourceCache {
  private static let maximumListingBytes = 16 << 20

  func resolveHub(
    _ address: HubAddress, source: String, content: SourceContent,
    progress: (Double) throws -> Void
  ) throws -> ResolvedSource {
    guard let endpoint = policy.huggingFaceEndpoint else {
      throw SourceError(
        source: source, problem: "this worker knows no hub", remedy: "set HF_ENDPOINT for it")
    }
    let access = WebAccess(
      policy: policy, source: source,
      credential: policy.huggingFaceToken.map { .bearer($0) } ?? .none,
      trustedOrigin: WebAccess.origin(of: endpoint))
    guard content == .dataset || (content == .file) == (address.file != nil) else {
      throw access.failure(
        content == .file
          ? "it names a repository, and one file is wanted"
          : "it names one file, and a folder is wanted",
        content == .file ? "write hf://datasets/ORG/NAME/FILE" : "write hf://ORG/NAME")
    }
    let listing = try hubListing(address, endpoint: endpoint, access: access, progress: progress)
    let pinned = address.source(revision: listing.sha)
    var pages = endpoint
    if address.collection == "datasets" { pages.append(path: "datasets") }
    pages.append(path: "\(address.name)/resolve/\(listing.sha)")
    let files = listing.siblings.map { sibling in
      RemoteFile(
        url: pages.appending(path: sibling.rfilename), path: sibling.rfilename,
        size: sibling.lfs?.size ?? sibling.size,
        digest: sibling.lfs.flatMap { ContentDigest("sha256:" + $0.sha256) }, isListed: true,
        isPinned: true)
    }
    switch content {
    case .model:
      return try fetchModel(
        listing: files, file: { _ in nil }, source: pinned, access: access,
        hasPickle: { files.contains { $0.path == ModelFiles.pickle } }, progress: progress)
    case .dataset:
      let files = try Self.select(files, below: address.file, source: source)
      return try fetchFolder(files, source: pinned, access: access, progress: progress)
    case .file:
      guard let file = files.first(where: { $0.path == address.file }) else {
        throw SourceError(
          source: source, problem: "the repository has no file \(address.file ?? "")",
          remedy: "check the name; it is case-sensitive")
      }
      return try fetchFile(file, source: pinned, access: access, progress: progress)
    }
  }

  /// A repository's files, or those in one of its folders.
  private static func select(_ files: [RemoteFile], below folder: String?, source: String) throws
    -> [RemoteFile]
  {
    let chosen =
      folder.map { folder in
        files.filter { $0.path.hasPrefix(folder + "/") }.map { file in
          var file = file
          file.path.removeFirst(folder.count + 1)
          return file
        }
      } ?? files
    guard !chosen.isEmpty else {
      throw SourceError(
        source: source, problem: "the repository has no files \(folder.map { "in \($0)" } ?? "")",
        remedy: "check the name; it is case-sensitive")
    }
    return chosen
  }

  private func hubListing(
    _ address: HubAddress, endpoint: URL, access: WebAccess, progress: (Double) throws -> Void
  ) throws -> HubListing {
    let page = endpoint.appending(
      path: "api/\(address.collection)/\(address.name)/revision/\(address.revision)"
    ).appending(queryItems: [URLQueryItem(name: "blobs", value: "true")])
    let bytes = try access.document(page, maximumBytes: Self.maximumListingBytes) {
      try progress(0)
    }
    let listing: HubListing
    do {
      listing = try JSONDecoder().decode(HubListing.self, from: bytes)
    } catch {
      throw access.failure(
        "the hub's answer cannot be read", "check HF_ENDPOINT (\(endpoint.host() ?? ""))")
    }
    let isCommit =
      listing.sha.utf8.count == 40
      && listing.sha.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    let isPossible = listing.siblings.allSatisfy {
      RelativePath.isSafe($0.rfilename) && $0.size ?? 0 >= 0 && $0.lfs?.size ?? 0 >= 0
    }
    guard isCommit, isPossible else {
      throw access.failure(
        "the hub's answer names no commit or an impossible file",
        "check HF_ENDPOINT (\(endpoint.host() ?? ""))")
    }
    return listing
  }
}

/// What the hub's API says about one revision of a repository.
private struct HubListing: Decodable {
  struct Sibling: Decodable {
    struct LargeFile: Decodable {
      var sha256: String
      var size: Int64
    }

    var rfilename: String
    var size: Int64?
    var lfs: LargeFile?
  }

  var sha: String
  var siblings: [Sibling]
}
