import Foundation

/// Does the work of one kind of task, on a thread of its own. An executor is a pure function of its
/// context: parameters and inputs in, the bytes of a `ResultDocument` out.
public protocol TaskExecutor: Sendable {
  /// - Returns: The result, as `ResultDocument.encode` gives it.
  /// - Throws: `TaskFailure` to say what failed; `CancellationError`, from `context.progress`, when
  ///   the work is no longer wanted; any other error counts as a failure worth another try.
  func run(_ context: ExecutorContext) throws -> Data
}
