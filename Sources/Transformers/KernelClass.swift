import CBLAS
import CKernels
import Foundation

/// The class of matrix kernels, on which the last bits of a result depend.
///
/// OpenBLAS chooses its kernels when the process starts, by the machine or by `OPENBLAS_CORETYPE`.
/// A process whose results must equal another machine's is started with ``environment()``. The
/// kernels of this project (`CKernels`) give the same bits everywhere.
public enum KernelClass {
  /// OpenBLAS's name for the kernels of this process, for example `Haswell`.
  public static let current = String(cString: openblas_get_corename())

  /// Version and build of OpenBLAS, for example `OpenBLAS 0.3.21 … Haswell MAX_THREADS=64`. Asked
  /// for once: OpenBLAS writes its answer into one buffer, which two threads would share.
  public static let library = String(cString: openblas_get_config())

  /// Build and kernel class together: processes in which it is equal give equal bits.
  public static let identity = library.contains(current) ? library : "\(library) \(current)"

  /// Variables a process needs from its start: the kernel class (the one already asked for, else
  /// the fastest that every machine of the kind has) and one thread per matrix product.
  public static func environment() -> [String: String] {
    ["OPENBLAS_CORETYPE": requested ?? common, "OPENBLAS_NUM_THREADS": "1"]
  }

  private static var requested: String? {
    ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"].flatMap { $0.isEmpty ? nil : $0 }
  }

  private static var common: String {
    #if arch(x86_64)
      exact_has_avx2() ? "Haswell" : "Prescott"
    #else
      "ARMV8"
    #endif
  }
}
