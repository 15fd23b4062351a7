import Artifacts
import Foundation
import Jobs
import ObjectStorage

/// What an executor may use. Its calls block, and throw `CancellationError` once the work is no
/// longer wanted.
public struct ExecutorContext: Sendable {
  public let task: ClaimedTask
  public let cache: SourceCache
  /// The model loaded last, shared by the worker's slots.
  public let models: ModelCache
  let results: ResultCache
  let coordinator: BlockingCoordinator
  let attempt: RunningAttempt

  /// The part of a task's progress that fetching its sources is worth.
  private static let fetchShare = 0.01

  /// The names of the task's inputs, sorted.
  public var inputNames: [String] { task.inputs.keys.sorted() }

  /// The result that is the input `name`, through the worker's cache, its digest verified.
  /// - Throws: `TaskFailure` when there is no such input.
  public func input(_ name: String) throws -> Data {
    guard let digest = task.inputs[name] else {
      throw TaskFailure(
        code: "misfit",
        message: "\(task.name): it has no input '\(name)'; coordinator and worker are of different "
          + "versions, update one",
        isRetryable: false)
    }
    return try results.bytes(of: digest) { try coordinator.blob(digest) }
  }

  /// The file or folder with `digest`, fetched from where the task says it is.
  /// - Throws: `SourceError`, or `TaskFailure` when the task does not say.
  public func materialize(_ digest: ContentDigest, wanting content: SourceContent) throws -> URL {
    guard let source = task.sources[digest] else {
      throw TaskFailure(
        code: "misfit", message: "\(task.name): it does not say where \(digest) is",
        isRetryable: false)
    }
    return try cache.materialize(source, digest: digest, wanting: content) { fraction in
      // A long download is progress too: an attempt whose progress stands still is given up.
      if attempt.progress < Self.fetchShare { attempt.setProgress(Self.fetchShare * fraction) }
      try attempt.check()
    }
  }

  /// Stores bytes as a blob, for results that name files.
  public func upload(_ bytes: Data) throws -> ContentDigest { try coordinator.upload(bytes) }

  /// A folder on the worker's disk for what does not fit in memory.
  public var scratch: URL { results.folder }

  /// Says how far the work is.
  /// - Parameter fraction: In `0...1`; anything else is brought into it.
  /// - Throws: `CancellationError` when the work is no longer wanted: let it pass.
  public func progress(_ fraction: Double) throws {
    attempt.setProgress(fraction)
    try attempt.check()
  }
}
