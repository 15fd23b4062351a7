import Artifacts
import Foundation
import Jobs
import Models
import Synchronization
import Transformers

/// The model loaded last, shared by a worker's slots.
public final class ModelCache: Sendable {
  private struct Loaded {
    var digest: ContentDigest
    var numbers: ModelNumbers
    var model: TextModel
  }

  private let loaded = Mutex<Loaded?>(nil)

  public init() {}

  /// The model of that digest in that number format; `directory` is asked for its folder when it is not loaded. Slots that
  /// want the same model wait for the first to load it.
  /// - Throws: `TaskFailure` when the folder holds no usable model, and what `directory` throws.
  func model(
    _ digest: ContentDigest, _ numbers: ModelNumbers = ModelNumbers(),
    directory: () throws -> URL
  ) throws -> TextModel {
    try loaded.withLock { loaded in
      if let loaded, loaded.digest == digest, loaded.numbers == numbers { return loaded.model }
      loaded = nil
      let folder = try directory()
      let model = try reading("model") { try numbers.model(folder) }
      loaded = Loaded(digest: digest, numbers: numbers, model: model)
      return model
    }
  }
}

/// The number format of a model, with the ranges that int8 needs.
struct ModelNumbers: Hashable, Sendable {
  var precision = ModelPrecision.fp32
  /// Linear input → its range.
  var linearInputs: [String: ClosedRange<Float>] = [:]

  func model(_ directory: URL) throws -> TextModel {
    try TextModel(directory: directory, precision: precision, linearInputs: linearInputs)
  }
}
