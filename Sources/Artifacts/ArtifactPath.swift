import Foundation

/// Where a file of an artifact may lie.
public enum ArtifactPath {
  /// The place of an artifact's file inside a folder.
  ///
  /// - Parameters:
  ///   - path: Relative, `/`-separated, at most 255 bytes of `A–Z a–z 0–9 . _ - /`; no part is
  ///     empty or begins with a dot.
  /// - Throws: ``ArtifactError`` for every other path: an artifact comes from elsewhere and must not
  ///   write outside its folder.
  public static func resolve(_ path: String, in folder: URL) throws -> URL {
    try check(path)
    return path.split(separator: "/").reduce(folder) { $0.appendingPathComponent(String($1)) }
  }

  /// - Throws: As ``resolve(_:in:)``.
  public static func check(_ path: String) throws {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = path.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
    guard isPlain, path.utf8.count <= 255, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") })
    else {
      throw ArtifactError(
        problem: "the artifact names a file '\(path.prefix(80))' that is no plain relative path",
        remedy: "do not use this artifact")
    }
  }
}
