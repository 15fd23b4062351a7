import CoordinatorClient
import Foundation
import Jobs

/// Runs one schedule: starts the cluster, submits, lets things go wrong, heals, waits, checks.
struct ScheduleRun: Sendable {
  let schedule: Schedule
  let jobs: [ChaosJob]
  let deployment: Deployment

  /// After the last fault is healed, all jobs must end within this.
  static let patience = Duration.seconds(90)

  struct Outcome: Sendable {
    var violations: [String] = []
    var faults: [String: Int] = [:]
    var tasks = 0
    var takeovers = 0
    var lostReplies = 0
    var repeatedRequests = 0
    var retries = 0
  }

  /// - Throws: ``ChaosError`` when the harness itself cannot go on.
  func run() async throws -> Outcome {
    try await deployment.start()
    var outcome = Outcome()
    let client = try await deployment.client()
    let ids = try await submit(client)
    let followers = ids.map { EventFollower(client, job: $0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for follower in followers { group.addTask { await follower.run() } }
      let periods = try await injectAll(jobs: ids)
      for step in schedule.steps { outcome.faults[step.fault.kind, default: 0] += 1 }
      try await deployment.healEverything()
      let healedAt = Date()
      let (stuck, retries) = try await settle(client, ids)
      outcome.retries = retries
      outcome.violations += stuck
      if stuck.isEmpty {
        let last = try await History.lastEvents(deployment.pool)
        for (id, follower) in zip(ids, followers) {
          guard let newest = last[id] else { continue }
          if await !follower.reached(newest, within: .seconds(20)) {
            outcome.violations.append(
              "job \(id): its follower did not see event \(newest) within 20 s")
          }
        }
      }
      group.cancelAll()
      outcome.violations += await stopWorkers()
      let history = try await History(
        deployment.pool, journals: deployment.folder.appending(path: "journals"))
      let check = InvariantCheck(
        history: history, schedule: schedule, jobs: Array(zip(ids, jobs)),
        deaths: await deployment.deaths, disturbances: periods, healedAt: healedAt)
      if stuck.isEmpty {
        outcome.violations += check.all()
        for follower in followers { outcome.violations += check.followed(follower) }
      }
      outcome.tasks = history.tasks.count
      outcome.takeovers = history.attempts.filter { $0.outcome == "crashed" }.count
    }
    (outcome.lostReplies, outcome.repeatedRequests) = await deployment.linkCounts()
    return outcome
  }

  private func submit(_ client: CoordinatorClient) async throws -> [UUID] {
    var ids: [UUID] = []
    for job in jobs {
      // The same request twice: there must be one job.
      let key = "\(schedule.seed)-\(job.name)"
      let first = try await client.submit(jobFile: job.file, idempotencyKey: key)
      let again = try await client.submit(jobFile: job.file, idempotencyKey: key)
      guard first.status.id == again.status.id, !again.isNew else {
        throw ChaosError("the idempotency key \(key) made two jobs")
      }
      ids.append(first.status.id)
    }
    return ids
  }

  /// - Returns: When coordinators or the database were disturbed.
  private func injectAll(jobs: [UUID]) async throws -> [DateInterval] {
    let began = ContinuousClock.now
    return try await withThrowingTaskGroup(of: DateInterval?.self) { group in
      for step in schedule.steps {
        group.addTask {
          try await Task.sleep(until: began + step.at, clock: .continuous)
          let start = Date()
          try await deployment.inject(step.fault, jobs: jobs)
          return step.fault.disturbsStore ? DateInterval(start: start, end: Date()) : nil
        }
      }
      var periods: [DateInterval] = []
      for try await period in group { if let period { periods.append(period) } }
      return periods
    }
  }

  /// Waits until every job has ended well; those that faults used up are retried, as a user would.
  private func settle(_ client: CoordinatorClient, _ ids: [UUID]) async throws
    -> (stuck: [String], retries: Int)
  {
    let deadline = ContinuousClock.now + Self.patience
    var retries = 0
    while true {
      let states = try await History.jobStates(deployment.pool)
      for id in ids where states[id]?.isRetryable == true {
        retries += 1
        _ = try? await client.retry(id.uuidString)
      }
      let open = ids.filter { states[$0]?.state != "succeeded" }
      if open.isEmpty { return ([], retries) }
      guard ContinuousClock.now < deadline else {
        let evidence = try await History.evidence(deployment.pool)
        return (
          open.map { "job \($0) has not ended: \(states[$0]?.description ?? "gone")" } + evidence,
          retries
        )
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private func stopWorkers() async -> [String] {
    let stubborn = await deployment.stopWorkers()
    var violations = stubborn.map { "worker \($0) did not end within 20 s of SIGTERM" }
    // Sessions of workers that could not say goodbye end by their lease.
    let deadline = ContinuousClock.now + .seconds(schedule.leaseSeconds + 15)
    while let open = try? await History.openSessions(deployment.pool), !open.isEmpty {
      if ContinuousClock.now >= deadline {
        violations += open.map { "session \($0) still lives though no worker does" }
        break
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
    return violations
  }
}
