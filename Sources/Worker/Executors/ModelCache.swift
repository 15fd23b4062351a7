import Artifacts
import Foundation
import Jobs
import Synchronization
import Transformers

/// The model loaded last, shared by a worker's slots.
public final class ModelCache: Sendable {
  private struct Loaded {
    var digest: ContentDigest
    var model: TextModel
  }

  private let loaded = Mutex<Loaded?>(nil)

  public init() {}

  /// The model of that digest; `directory` is asked for its folder when it is not loaded. Slots that
  /// want the same model wait for the first to load it.
  /// - Throws: `TaskFailure` when the folder holds no usable model, and what `directory` throws.
  func model(_ digest: ContentDigest, directory: () throws -> URL) throws -> TextModel {
    try loaded.withLock { loaded in
      if let loaded, loaded.digest == digest { return loaded.model }
      loaded = nil
      let folder = try directory()
      let model = try reading("model") { try TextModel(directory: folder) }
      loaded = Loaded(digest: digest, model: model)
      return model
    }
  }
}
