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
