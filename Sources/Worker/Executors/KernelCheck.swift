import Jobs
import Transformers

extension ExecutorContext {
  /// Refuses to run a model on other matrix kernels than the rest of its job: the results would
  /// differ in their last bits, and nobody could tell which are which.
  ///
  /// - Parameter kernels: What the job was resolved with, as ``KernelClass/identity``.
  /// - Throws: `TaskFailure`. Another worker may do, so it is tried again.
  func checkKernels(_ kernels: String) throws {
    guard KernelClass.identity != kernels else { return }
    throw TaskFailure(
      code: "other-kernels",
      message: "\(task.name): this job runs its model on '\(kernels)', and this worker has "
        + "'\(KernelClass.identity)'; start all workers with one OpenBLAS build and one "
        + "OPENBLAS_CORETYPE, and submit the job again", isRetryable: true)
  }
}
