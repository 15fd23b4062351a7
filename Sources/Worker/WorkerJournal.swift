import Artifacts
import Foundation
import Jobs
import Synchronization

/// A worker's own record of what it was given, what it sent and what it was told: one JSON line an
/// event, written before the worker goes on. Whoever doubts the coordinator compares the two; the
/// fault harness (`make chaos`) does.
package final class WorkerJournal: Sendable {
  package enum Event: String, Codable, Sendable {
    /// A session began.
    case session
    /// An attempt was claimed.
    case claimed
    /// Its result is about to be sent.
    case result
    /// The coordinator took the result, or says that it had taken it before.
    case accepted
    /// The coordinator refused the outcome as no longer this worker's.
    case refused
    /// A failure was reported.
    case failed
    /// A heartbeat's reply says that the attempt is no longer this worker's.
    case lost
    /// The session is over, and with it the attempt.
    case dropped
  }

  package struct Entry: Codable, Sendable {
    /// The worker's clock; nothing is decided by it.
    package var at: Date
    package var event: Event
    package var session: UUID
    package var task: String?
    package var computation: Int64?
    package var attempt: Int32?
    package var digest: ContentDigest?

    package init(
      at: Date, event: Event, session: UUID, task: String? = nil, computation: Int64? = nil,
      attempt: Int32? = nil, digest: ContentDigest? = nil
    ) {
      self.at = at
      self.event = event
      self.session = session
      self.task = task
      self.computation = computation
      self.attempt = attempt
      self.digest = digest
    }
  }

  private let descriptor: Mutex<Int32>

  /// Appends to `file`, which is made when it is not there.
  /// - Throws: ``WorkerError`` when it cannot be written.
  package init(file: URL) throws {
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw WorkerError(
        "the journal \(file.path) cannot be written: \(String(cString: strerror(errno)))")
    }
    self.descriptor = Mutex(descriptor)
  }

  deinit { close(descriptor.withLock { $0 }) }

  func note(
    _ event: Event, session: UUID, _ attempt: RunningAttempt? = nil, digest: ContentDigest? = nil
  ) {
    let entry = Entry(
      at: Date(), event: event, session: session, task: attempt?.name,
      computation: attempt?.id.computation, attempt: attempt?.id.attempt, digest: digest)
    guard var line = try? ResultDocument.encode(entry) else { return }
    line.append(UInt8(ascii: "\n"))
    // One write a line, so that a killed worker leaves whole lines.
    descriptor.withLock { descriptor in
      line.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
    }
  }
}
