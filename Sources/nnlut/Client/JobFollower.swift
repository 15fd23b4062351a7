import CoordinatorClient
import Foundation
import Jobs

/// Follows a job to its end: shows progress whenever something happens, and at least twice a
/// second while tasks run.
struct JobFollower {
  let client: CoordinatorClient
  let job: UUID
  var shows = true
  /// Whether waiting for the coordinator is in vain; asked when it does not answer.
  var isGone: @Sendable () -> Bool = { false }

  /// - Returns: The job's final status.
  func follow() async throws -> JobStatus {
    var display = ProgressDisplay()
    while true {
      let status = try await current()
      if shows { display.show(status) }
      if status.state.isFinal { return status }
      try await Task.sleep(for: .milliseconds(400))
    }
  }

  /// A coordinator that restarts is waited for: half a minute without an answer is an error, and
  /// so is the end of what would start it again.
  private func current() async throws -> JobStatus {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      do {
        return try await client.job(job.uuidString.lowercased())
      } catch let error as CoordinatorClientError {
        guard case .unreachable = error, ContinuousClock.now < deadline, !isGone() else {
          if case .problem(let problem) = error, problem.status == 503,
            ContinuousClock.now < deadline
          {
            try await Task.sleep(for: .milliseconds(400))
            continue
          }
          throw error
        }
        try await Task.sleep(for: .milliseconds(400))
      }
    }
  }
}
