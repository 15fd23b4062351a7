import Foundation

/// An advisory lock on a file (`flock`): the kernel gives it back when its holder dies.
final class FileLock: Sendable {
  private let descriptor: Int32
  let path: String

  enum Mode {
    case shared, exclusive

    var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
  }

  /// Opens, without locking.
  /// - Throws: ``StackError`` when the file cannot be made.
  init(_ url: URL) throws {
    path = url.path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StackError(
        "cannot open \(path): \(String(cString: strerror(errno)))",
        remedy: "check who owns the folder, or name another with --state-dir")
    }
  }

  deinit { close(descriptor) }

  /// Blocks this thread until the lock is had.
  func lock(_ mode: Mode) {
    while flock(descriptor, mode.operation) != 0 && errno == EINTR {}
  }

  /// Takes the lock if that needs no waiting.
  func tryLock(_ mode: Mode) -> Bool {
    flock(descriptor, mode.operation | LOCK_NB) == 0
  }

  func unlock() { _ = flock(descriptor, LOCK_UN) }

  /// Waits on a thread of its own, so that no pool thread is held.
  func locked(_ mode: Mode) async {
    await withCheckedContinuation { continuation in
      let thread = Thread { [self] in
        lock(mode)
        continuation.resume()
      }
      thread.stackSize = 128 * 1024
      thread.start()
    }
  }
}

/// Something about the local stack went wrong: what, and what to do.
struct StackError: Error, CustomStringConvertible {
  let description: String

  init(_ what: String, remedy: String) { description = "\(what); \(remedy)" }

  static let workersAreRunning = StackError(
    "the stack is already running, and its workers keep what they were allowed",
    remedy: "stop it with `nnlut down` first, or leave --allow-private-addresses out")
}
