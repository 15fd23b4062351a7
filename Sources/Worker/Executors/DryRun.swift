import Foundation
import Jobs
import ObjectStorage

/// What `resolve` would find, without a coordinator.
public enum DryRun {
  /// Fetches a job's sources into the cache and counts what is in them. Any folder of this machine
  /// may be read: the user reads their own files.
  ///
  /// - Parameters:
  ///   - cache: The cache's folder.
  ///   - policy: What may be fetched; its folders are not looked at.
  /// - Throws: `TaskFailure` or `SourceError` that names the place and the remedy.
  public static func resolve(
    _ specification: JobSpecification, cache: URL, policy: FetchPolicy = FetchPolicy()
  ) async throws -> Resolution {
    var policy = policy
    policy.allowedFolders = [URL(fileURLWithPath: "/", isDirectory: true)]
    let sources = try SourceCache(directory: cache, policy: policy)
    guard case .resolve(let parameters) = JobPlan.first(specification).parameters else {
      throw PlanError("a job begins with resolve")
    }
    // Fetching blocks: it has a thread of its own.
    return try await withCheckedThrowingContinuation { continuation in
      Thread {
        continuation.resume(
          with: Result {
            try SourceResolution(cache: sources, models: ModelCache(), progress: { _ in })
              .resolve(parameters)
          })
      }.start()
    }
  }
}
