import Artifacts
import Foundation
import Jobs
import Worker

/// What must be true of a history, whatever went wrong. Every check returns what is not, with its
/// evidence.
struct InvariantCheck: Sendable {
  let history: History
  let schedule: Schedule
  let jobs: [(id: UUID, job: ChaosJob)]
  let deaths: [Deployment.Death]
  /// When coordinators or the database were disturbed.
  let disturbances: [DateInterval]
  let healedAt: Date

  func all() -> [String] {
    jobsEnded() + tasksEndedOnce() + resultsStoredOnce() + attemptsGrow() + writesWereFenced()
      + artifactsPublishedOnce() + leasesWereTakenOver() + history.damagedBlobs
  }

  private func jobsEnded() -> [String] {
    var found: [String] = []
    if history.jobs.count != jobs.count {
      found.append("\(jobs.count) jobs were submitted, there are \(history.jobs.count)")
    }
    for (id, _) in jobs {
      let events = history.events.filter { $0.job == id && $0.task == nil }.map(\.event)
      func count(_ event: String) -> Int { events.filter { $0 == event }.count }
      if count("submitted") != 1 || count("job-succeeded") != 1
        || count("retried") != count("job-failed") + count("cancelled")
      {
        found.append("job \(id): its events do not tell one life: \(events)")
      }
      if let row = history.jobs[id], row.openTasks != 0 {
        found.append("job \(id) has ended and counts \(row.openTasks) open tasks")
      }
    }
    for row in history.computations.values where row.state == "leased" || row.state == "ready" {
      found.append("computation \(row.id) is \(row.state) though every job has ended")
    }
    return found
  }

  private func tasksEndedOnce() -> [String] {
    struct Name: Hashable {
      var job: UUID
      var task: String
    }
    var found: [String] = []
    var successes: [Name: Int] = [:]
    for event in history.events where event.event == "succeeded" {
      successes[Name(job: event.job, task: event.task ?? "?"), default: 0] += 1
    }
    var names: Set<Name> = []
    for task in history.tasks {
      let name = Name(job: task.job, task: task.name)
      names.insert(name)
      let count = successes[name] ?? 0
      if task.state != "succeeded" || count != 1 {
        found.append("task \(task.name) of \(task.job): \(task.state), succeeded \(count) times")
      }
    }
    for name in successes.keys where !names.contains(name) {
      found.append("task \(name.task) of \(name.job) succeeded and is not there")
    }
    for (id, job) in jobs where !job.results.isEmpty {
      let planned = Set(job.results.keys)
      let present = Set(history.tasks.filter { $0.job == id }.map(\.name))
      if planned != present {
        found.append(
          "job \(id): \(planned.subtracting(present).count) tasks of the plan are missing, "
            + "\(present.subtracting(planned).count) are too many")
      }
    }
    return found
  }

  private func resultsStoredOnce() -> [String] {
    var found: [String] = []
    let expected = Dictionary(uniqueKeysWithValues: jobs.map { ($0.id, $0.job.results) })
    for task in history.tasks {
      if let result = expected[task.job]?[task.name], task.result != result {
        found.append(
          "task \(task.name) of \(task.job): its result is \(task.result?.short ?? "none"), "
            + "undisturbed it is \(result.short)")
      }
      if let computation = task.computation.flatMap({ history.computations[$0] }),
        computation.result != task.result
      {
        found.append("task \(task.name) of \(task.job) and its computation differ in their result")
      }
    }
    return found
  }

  private func artifactsPublishedOnce() -> [String] {
    var found: [String] = []
    for (id, job) in jobs {
      let versions = history.versions.filter { $0.name == job.name }
      let isRight =
        versions.map(\.version) == [1]
        && (job.artifact == nil || versions.first?.digest == job.artifact)
      if !isRight {
        found.append(
          "job \(id) published \(versions.map { "\($0.version) \($0.digest.short)" }), undisturbed "
            + "it is 1 \(job.artifact?.short ?? "")")
      }
    }
    return found
  }

  private func leasesWereTakenOver() -> [String] {
    var found: [String] = []
    for death in deaths {
      let sessions = Set((history.journals[death.journal] ?? []).map(\.session))
      for attempt in history.attempts where attempt.outcome == "crashed" {
        guard let session = attempt.session, sessions.contains(session) else { continue }
        let period = DateInterval(start: min(death.at, attempt.endedAt), end: attempt.endedAt)
        // Coordinators judge silence only after they could hear for a whole lease again.
        let since = disturbances.filter { $0.intersects(period) }.map(\.end).max() ?? death.at
        let seconds = attempt.endedAt.timeIntervalSince(max(since, death.at))
        if seconds > Double(schedule.leaseSeconds) + Self.slackSeconds {
          found.append(
            "computation \(attempt.computation) was taken over \(seconds) s after its worker died")
        }
      }
    }
    return found
  }

  /// Beside the lease itself; 45 s in all at the default of 30 s.
  static let slackSeconds = 15.0

  /// A follower has seen every event of its job, once and in order.
  func followed(_ follower: EventFollower) -> [String] {
    let stored = history.events.filter { $0.job == follower.job }
    var found = follower.failures.map { "the follower of \(follower.job) was told: \($0)" }
    let seen = follower.seen
    if seen.map(\.id) != stored.map(\.id) || seen.map(\.message) != stored.map(\.message) {
      let missing = Set(stored.map(\.id)).subtracting(seen.map(\.id)).sorted()
      found.append(
        "job \(follower.job): \(stored.count) events, its follower saw \(seen.count); missing "
          + "\(missing.prefix(20))")
    }
    return found
  }
}
