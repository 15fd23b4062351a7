import Foundation
import Jobs
import Postgres

/// A job and its tasks as users see them.
struct JobPicture {
  var state = JobState.queued
  var tasks: [String: TaskState] = [:]
}

extension StoreHarness {
  func pictures() async throws -> [UUID: JobPicture] {
    let rows = try await pool.query(
      """
      SELECT j.uuid, j.state AS job_state, t.name,
        CASE WHEN t.state = 'active' THEN c.state ELSE t.state END AS state
      FROM jobs j JOIN tasks t ON t.job = j.id LEFT JOIN computations c ON c.id = t.computation
      """)
    var pictures: [UUID: JobPicture] = [:]
    for row in rows {
      let job: UUID = try row.decode("uuid")
      let state = JobState(rawValue: try row.decode("job_state"))
      if let state { pictures[job, default: JobPicture()].state = state }
      pictures[job, default: JobPicture()].tasks[try row.decode("name")] =
        TaskState(rawValue: try row.decode("state"))
    }
    return pictures
  }
}

/// What one step did to all jobs, held against the pure transition function.
struct TransitionCheck {
  /// What may have happened to tasks in this step.
  var events: Set<TaskEvent> = []
  var cancelled: UUID?
  var retried: UUID?

  /// - Returns: The changes that the transition function does not allow.
  func violations(from before: [UUID: JobPicture], to after: [UUID: JobPicture]) -> [String] {
    var found: [String] = []
    for (id, job) in after {
      let old = before[id] ?? JobPicture()
      for (name, state) in job.tasks {
        let was = old.tasks[name] ?? .blocked
        if !reachable(from: was).contains(state) {
          found.append("task \(name): \(was) became \(state)")
        }
      }
      let start = id == retried ? .queued : old.state
      let counts = job.tasks.values.reduce(into: [TaskState: Int]()) { $0[$1, default: 0] += 1 }
      let expected = start.after(tasks: counts, isCancelled: id == cancelled)
      if job.state != expected {
        found.append("job: \(old.state) became \(job.state), not \(expected), with \(counts)")
      }
    }
    return found
  }

  private func reachable(from state: TaskState) -> Set<TaskState> {
    var found: Set = [state]
    var front = [state]
    while let state = front.popLast() {
      for event in events {
        if let next = state.after(event), found.insert(next).inserted { front.append(next) }
      }
    }
    return found
  }
}
