import Foundation
import Synchronization

/// One line of progress on standard error, on a terminal only.
final class ProgressMeter: Sendable {
  private let shown = Mutex(-1)

  /// - Parameter share: In `0...1`.
  @Sendable func show(_ share: Double) throws {
    try Task.checkCancellation()
    guard isatty(STDERR_FILENO) == 1 else { return }
    let percent = Int((100 * share).rounded(.down))
    shown.withLock { shown in
      guard percent != shown else { return }
      shown = percent
      _ = StandardStream.write("\r\(percent) %", to: STDERR_FILENO)
    }
  }

  func clear() {
    shown.withLock { shown in
      if shown >= 0 { _ = StandardStream.write("\r\u{1B}[K", to: STDERR_FILENO) }
      shown = -1
    }
  }
}
