import Foundation

/// A source's text, taken apart.
enum SourceAddress: Hashable, Sendable {
  /// A path, absolute or relative to an allowed folder.
  case local(String)
  case web(URL)
  case hub(HubAddress)

  /// - Throws: `SourceError` when it is no source, or one that cannot be fetched.
  init(_ source: String) throws {
    let scheme = source.prefix { $0 != ":" }
    guard scheme.count < source.count, source.utf8.count <= 4096,
      !source.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
    else {
      throw SourceError(
        source: source, problem: "this is no source",
        remedy: "write file:PATH, https://HOST/PATH or hf://ORG/NAME")
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
      throw SourceError(
        source: source, problem: "s3: sources are not available yet",
        remedy: "use file:, https: or hf: instead, for example a presigned https: address")
    default:
      throw SourceError(
        source: source, problem: "the scheme '\(scheme.prefix(40)):' is not known",
        remedy: "write file:PATH, https://HOST/PATH or hf://ORG/NAME")
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

/// `hf://[datasets/]ORG/NAME[@REVISION][/FILE]`.
struct HubAddress: Hashable, Sendable {
  /// `models` or `datasets`.
  var collection: String
  var name: String
  /// A branch, tag or commit.
  var revision: String
  /// One file of it.
  var file: String?

  init(_ source: String) throws {
    let wrong = SourceError(
      source: source, problem: "this names nothing on the hub",
      remedy: "write hf://ORG/NAME, hf://ORG/NAME@REVISION or hf://datasets/ORG/NAME")
    guard source.hasPrefix("hf://") else { throw wrong }
    var parts = source.dropFirst(5).split(separator: "/", omittingEmptySubsequences: false)
    if parts.last == "", parts.count > 1 { parts.removeLast() }
    collection = "models"
    if parts.first == "datasets" || parts.first == "models" {
      collection = String(parts.removeFirst())
    }
    // The revision follows the name, which is the first or second part.
    guard
      let end = parts.prefix(2).firstIndex(where: { $0.contains("@") })
        ?? parts.indices.prefix(2).last
    else { throw wrong }
    let last = parts[end].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    name = (parts[..<end] + [last[0]]).joined(separator: "/")
    revision = last.count > 1 ? String(last[1]) : "main"
    let path = parts[(end + 1)...]
    file = path.isEmpty ? nil : path.joined(separator: "/")
    let names = name.split(separator: "/", omittingEmptySubsequences: false) + [revision[...]]
    guard names.allSatisfy(Self.isName), file.map(RelativePath.isSafe) ?? true else { throw wrong }
  }

  /// The source with another revision.
  func source(revision: String) -> String {
    let prefix = collection == "datasets" ? "hf://datasets/" : "hf://"
    return prefix + name + "@" + revision + (file.map { "/" + $0 } ?? "")
  }

  private static func isName(_ text: Substring) -> Bool {
    let isPlain = text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || [45, 46, 95].contains($0)
    }
    return (1...96).contains(text.utf8.count) && isPlain && text != "." && text != ".."
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
