import Foundation
import Jobs
import TestSupport

/// Many schedules, over several lanes, and their summary.
struct Campaign: Sendable {
  var seeds: ClosedRange<UInt64>
  var lanes: Int
  var workload: Schedule.Workload?
  var scale: Double
  var setup: Deployment.Setup
  var keep: URL?
  var isVerbose: Bool

  /// - Returns: Whether no invariant was violated.
  func run() async throws -> Bool {
    say(
      "seeds \(seeds.lowerBound) to \(seeds.upperBound), \(lanes) at a time; small disks: "
        + "\(setup.abilities.smallDisks ? "yes" : "no (needs root)"), false clocks: "
        + "\(setup.abilities.falseClocks ? "yes" : "no (install faketime)")")
    let began = ContinuousClock.now
    let folder = try TemporaryDirectory.make()
    defer { try? FileManager.default.removeItem(at: folder) }
    let real = try await RealWorkload(folder: folder.appending(path: "real"))
    let queue = SeedQueue(seeds)
    let summary = Summary()
    try await withThrowingTaskGroup(of: Void.self) { group in
      let reference = Task { try await undisturbed(real, folder: folder) }
      for lane in 0..<lanes {
        group.addTask {
          let place = folder.appending(path: "lane-\(lane)")
          let server = try await DatabaseServer(folder: place)
          do {
            while let seed = queue.next() {
              let schedule = Schedule(
                seed: seed, workload: workload, scale: scale, abilities: setup.abilities)
              let jobs =
                schedule.workload == .real ? [try await reference.value] : try tinyJobs(schedule)
              await run(schedule, jobs, on: server, folder: place, into: summary)
            }
          } catch {
            await server.stop()
            throw error
          }
          await server.stop()
        }
      }
      try await group.waitForAll()
      reference.cancel()
    }
    // Made for this process, in the system's temporary folder.
    try? FileManager.default.removeItem(at: try await RandomBERT.directory())
    return summary.printed(seconds: (ContinuousClock.now - began).seconds)
  }

  private func tinyJobs(_ schedule: Schedule) throws -> [ChaosJob] {
    try schedule.jobs.enumerated().map { index, entries in
      try ChaosJob.tiny(
        name: "tiny-\(index)", salt: "\(schedule.seed)-\(max(index, 1))", entries: entries)
    }
  }

  private func run(
    _ schedule: Schedule, _ jobs: [ChaosJob], on server: DatabaseServer, folder: URL,
    into summary: Summary
  ) async {
    if isVerbose { say(schedule) }
    let place = folder.appending(path: "seed-\(schedule.seed)")
    let began = ContinuousClock.now
    var outcome = ScheduleRun.Outcome()
    do {
      try await server.cluster.waitUntilReady()
      let deployment = try await Deployment(schedule, on: server, folder: place, setup: setup)
      do {
        outcome = try await ScheduleRun(schedule: schedule, jobs: jobs, deployment: deployment)
          .run()
      } catch {
        outcome.violations.append("the schedule could not be run: \(error)")
      }
      await deployment.remove()
    } catch {
      outcome.violations.append("the cluster did not start: \(error)")
    }
    if !outcome.violations.isEmpty, let keep {
      try? FileManager.default.createDirectory(at: keep, withIntermediateDirectories: true)
      let kept = keep.appending(path: "seed-\(schedule.seed)-\(getpid())")
      try? FileManager.default.moveItem(at: place, to: kept)
      try? FileManager.default.copyItem(at: server.log, to: kept.appending(path: "server.log"))
    }
    try? FileManager.default.removeItem(at: place)
    summary.add(schedule, outcome, seconds: (ContinuousClock.now - began).seconds)
  }

  /// What a real job gives when nothing goes wrong.
  private func undisturbed(_ real: RealWorkload, folder: URL) async throws -> ChaosJob {
    let place = folder.appending(path: "undisturbed")
    let server = try await DatabaseServer(folder: place)
    var schedule = Schedule(seed: 0, workload: .real, scale: 1, abilities: setup.abilities)
    schedule.steps = []
    schedule.workers = 1
    schedule.needsSmallDisks = false
    do {
      let deployment = try await Deployment(
        schedule, on: server, folder: place.appending(path: "run"), setup: setup)
      let run = ScheduleRun(schedule: schedule, jobs: [real.job], deployment: deployment)
      let outcome = try await run.run()
      guard outcome.violations.isEmpty else {
        throw ChaosError("the undisturbed run: \(outcome.violations.joined(separator: "; "))")
      }
      var job = real.job
      let history = try await History(
        deployment.pool, journals: deployment.folder.appending(path: "journals"))
      for task in history.tasks { job.results[task.name] = task.result }
      job.artifact = history.versions.first?.digest
      await deployment.remove()
      await server.stop()
      return job
    } catch {
      await server.stop()
      throw error
    }
  }
}
