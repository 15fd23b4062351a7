/// One file of an artifact version.
public struct ArtifactFile: Hashable, Codable, Sendable {
  /// Relative, `/`-separated, without `.` or `..`; for example `tables.safetensors`.
  public var path: String
  public var digest: ContentDigest
  /// Bytes.
  public var size: Int

  public init(path: String, digest: ContentDigest, size: Int) {
    self.path = path
    self.digest = digest
    self.size = size
  }
}
