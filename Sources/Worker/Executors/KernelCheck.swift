import Jobs
import Transformers

/// The kernels of this process, asked for once: OpenBLAS puts its answer together in one buffer for
/// all threads, so two slots that ask at the same moment can read each other's half.
enum ProcessKernels {
  static let identity = KernelClass.identity
}

extension ExecutorContext {
  /// Refuses to run a model on other matrix kernels than the rest of its job: the results would
  /// differ in their last bits, and nobody could tell which are which.
  ///
  /// - Parameter kernels: What the job was resolved with, as ``KernelClass/identity``.
  /// - Throws: `TaskFailure`. Another worker may do, so it is tried again.
  func checkKernels(_ kernels: String) throws {
    guard ProcessKernels.identity != kernels else { return }
    throw TaskFailure(
      code: "other-kernels",
      message: "\(task.name): this job runs its model on '\(kernels)', and this worker has "
        + "'\(ProcessKernels.identity)'; start all workers with one OpenBLAS build and one "
        + "OPENBLAS_CORETYPE, and submit the job again", isRetryable: true)
  }
}
