import Artifacts
import Foundation

/// What a source is expected to be.
public enum SourceContent: String, Hashable, Sendable, CaseIterable {
  /// A Hugging Face model directory.
  case model
  /// A folder of data.
  case dataset
  /// One file.
  case file
}

/// A source that is here now, verified.
public struct ResolvedSource: Hashable, Sendable {
  /// The source with its revision pinned where it has one.
  public var source: String
  /// Of the file, or of a folder's canonical list (`FolderListing`).
  public var digest: ContentDigest
  public var location: URL

  public init(source: String, digest: ContentDigest, location: URL) {
    self.source = source
    self.digest = digest
    self.location = location
  }
}
