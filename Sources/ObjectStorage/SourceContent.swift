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

  /// The files of a model that count (and are fetched), sorted.
  public static let modelFiles = [
    "1_Pooling/config.json", "config.json", "model.safetensors", "modules.json",
    "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
  ]
  /// Those without which it is no model.
  public static let requiredModelFiles = ["config.json", "model.safetensors"]
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
