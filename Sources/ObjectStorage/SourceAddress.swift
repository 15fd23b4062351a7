import Foundation

/// A source's text, taken apart.
enum SourceAddress: Hashable, Sendable {
  /// A path, absolute or relative to an allowed folder.
  case local(String)
  case web(URL)
  case hub(HubAddress)
  case bucket(BucketAddress)

  /// As `FetchPolicy.allowedSchemes` names it.
  var scheme: String {
    switch self {
    case .local: "file"
    case .web(let url): url.scheme?.lowercased() ?? "https"
    case .hub: "hf"
    case .bucket: "s3"
    }
  }

  /// - Throws: `SourceError` when it is no source, or one that cannot be fetched.
  init(_ source: String) throws {
    let scheme = source.prefix { $0 != ":" }
    guard scheme.count < source.count, source.utf8.count <= 4096,
      !source.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
    else {
      throw SourceError(
        source: source, problem: "this is no source",
        remedy: "write file:PATH, https://HOST/PATH, s3://BUCKET/KEY or hf://ORG/NAME")
    }
    let rest = String(source.dropFirst(scheme.count + 1))
    switch scheme {
    case "file":
      let path = rest.hasPrefix("//") ? String(rest.dropFirst(2)) : rest
      guard !path.isEmpty, !rest.hasPrefix("//") || path.hasPrefix("/") else {
        throw SourceError(
          source: source, problem: "it names no path on this machine",
          remedy: "write file:relative/path or file:/absolute/path")
      }
      self = .local(path)
    case "http", "https":
      self = .web(try Self.webAddress(source))
    case "hf":
      self = .hub(try HubAddress(source))
    case "s3":
      self = .bucket(try BucketAddress(source))
    default:
      throw SourceError(
        source: source, problem: "the scheme '\(scheme.prefix(40)):' is not known",
        remedy: "write file:PATH, https://HOST/PATH, s3://BUCKET/KEY or hf://ORG/NAME")
    }
  }

  private static func webAddress(_ source: String) throws -> URL {
    guard let url = URL(string: source), let host = url.host(), !host.isEmpty else {
      throw SourceError(
        source: source, problem: "this is no web address", remedy: "write https://HOST/PATH")
    }
    guard url.user() == nil, url.password() == nil else {
      throw SourceError(
        source: "\(url.scheme ?? "https")://…@\(host)",
        problem: "it holds a user name or password, which would be stored with the job",
        remedy: "use an address without credentials, for example a presigned one")
    }
    return url
  }
}

/// Paths that other machines name.
enum RelativePath {
  /// Relative, without `.`, `..`, empty components or control characters.
  static func isSafe(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return path.utf8.count <= 1024
      && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
      && !path.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
  }
}
