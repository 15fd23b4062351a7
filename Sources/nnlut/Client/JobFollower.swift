import CoordinatorClient
import Foundation
import Jobs

/// Follows a job to its end: shows progress whenever something happens, and at least twice a
/// second while tasks run.
struct JobFollower {
  let client: CoordinatorClient
  let job: UUID
  var shows = true

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

  /// A coordinator that restarts is waited for: half a minute without an answer is an error.
  private func current() async throws -> JobStatus {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      do {
        return try await client.job(job.uuidString.lowercased())
      } catch let error as CoordinatorClientError {
        guard case .unreachable = error, ContinuousClock.now < deadline else {
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
