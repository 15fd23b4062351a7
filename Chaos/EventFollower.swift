import CoordinatorClient
import Foundation
import Jobs
import Synchronization

/// Follows one job's events through all faults, as a user's client does.
final class EventFollower: Sendable {
  private struct State: Sendable {
    var seen: [JobEvent] = []
    var failures: [String] = []
  }

  private let state = Mutex(State())
  private let client: CoordinatorClient
  let job: UUID

  init(_ client: CoordinatorClient, job: UUID) {
    self.client = client
    self.job = job
  }

  var seen: [JobEvent] { state.withLock(\.seen) }
  /// Errors that the client should have bridged itself.
  var failures: [String] { state.withLock(\.failures) }

  /// Until cancelled: a job that has ended may be retried.
  func run() async {
    while !Task.isCancelled {
      do {
        for try await event in client.events(
          job.uuidString, after: state.withLock(\.seen).last?.id)
        {
          state.withLock { $0.seen.append(event) }
        }
      } catch is CancellationError {
        return
      } catch {
        state.withLock { $0.failures.append("\(error)") }
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  /// Waits until everything up to event `id` has come.
  func reached(_ id: Int64, within patience: Duration) async -> Bool {
    let deadline = ContinuousClock.now + patience
    while (state.withLock(\.seen).last?.id ?? 0) < id {
      guard ContinuousClock.now < deadline else { return false }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return true
  }
}
