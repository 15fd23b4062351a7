import Artifacts
import Foundation

// `s3:` sources: one object, or as a folder all objects whose keys begin with the folder's.
extension SourceCache {
  private static let maximumPageBytes = 16 << 20
  private static let pageSize = 1000

  func resolveBucket(
    _ address: BucketAddress, source: String, content: SourceContent,
    progress: (Double) throws -> Void
  ) throws -> ResolvedSource {
    let location = try BucketLocation(
      bucket: address.bucket, endpoint: policy.s3Endpoint, region: policy.s3Region)
    let access = WebAccess(
      policy: policy, source: source,
      credential: policy.s3Credentials.map { .signature($0, region: policy.s3Region) } ?? .none,
      trustedOrigin: location.origin, followsRedirects: false)
    guard content != .file else {
      guard !address.key.isEmpty, !address.key.hasSuffix("/") else {
        throw access.failure(
          "it names a folder, and one file is wanted", "write s3://BUCKET/KEY of a file in it")
      }
      let name = address.key.split(separator: "/").last.map(String.init) ?? ""
      let file = try remoteFile(address.key, path: name, size: nil, at: location, access: access)
      return try fetchFile(file, source: source, access: access, progress: progress)
    }
    let files = try objects(below: address.prefix, at: location, access: access) {
      try progress(0)
    }
    guard !files.isEmpty else {
      throw access.failure(
        "no object's key begins with '\(address.prefix)'",
        "check the folder's name; it is case-sensitive, and one object is no folder")
    }
    if content == .dataset {
      return try fetchFolder(files, source: source, access: access, progress: progress)
    }
    return try fetchModel(
      listing: files, file: { _ in nil }, source: source, access: access,
      hasPickle: { files.contains { $0.path == ModelFiles.pickle } }, progress: progress)
  }

  /// All objects of a folder, page by page.
  private func objects(
    below prefix: String, at location: BucketLocation, access: WebAccess,
    check: () throws -> Void
  ) throws -> [RemoteFile] {
    var files: [RemoteFile] = []
    var token: String?
    var pages = 0
    repeat {
      guard let url = location.list(prefix: prefix, token: token, pageSize: Self.pageSize) else {
        throw access.failure("no address can be made from it", "check the folder's name")
      }
      let bytes = try access.document(url, maximumBytes: Self.maximumPageBytes, check: check)
      let page: BucketListing
      do { page = try BucketListing(bytes) } catch {
        throw access.failure(
          "the store's list of objects cannot be read", "check NNLUT_S3_ENDPOINT")
      }
      for object in page.objects where !object.key.hasSuffix("/") {
        let path = String(object.key.dropFirst(prefix.count))
        guard object.key.hasPrefix(prefix), RelativePath.isSafe(path), object.size ?? 0 >= 0 else {
          throw access.failure(
            "the key '\(WebAccess.line(object.key))' cannot become a file's path",
            "name a folder without it, or rename it")
        }
        files.append(
          try remoteFile(object.key, path: path, size: object.size, at: location, access: access))
      }
      guard files.count <= policy.maximumFiles, pages <= policy.maximumFiles else {
        throw access.failure(
          "it holds more than \(policy.maximumFiles) files", "name a folder with fewer")
      }
      // A list that goes on with the same page would never end.
      guard page.nextToken == nil || page.nextToken != token else {
        throw access.failure(
          "the store's list of objects repeats itself", "check NNLUT_S3_ENDPOINT")
      }
      token = page.nextToken
      pages += 1
    } while token != nil
    return files
  }

  private func remoteFile(
    _ key: String, path: String, size: Int64?, at location: BucketLocation, access: WebAccess
  ) throws -> RemoteFile {
    guard let url = location.object(key) else {
      throw access.failure(
        "no address can be made from the key '\(WebAccess.line(key))'", "rename the object")
    }
    return RemoteFile(
      url: url, path: path, size: size, isListed: size != nil,
      partBytes: max(1, policy.s3PartBytes))
  }
}
