import Foundation
import Synchronization

/// The seeds still to run.
final class SeedQueue: Sendable {
  private let rest: Mutex<(next: UInt64, last: UInt64)>

  init(_ seeds: ClosedRange<UInt64>) { rest = Mutex((seeds.lowerBound, seeds.upperBound)) }

  func next() -> UInt64? {
    rest.withLock { rest in
      guard rest.next <= rest.last else { return nil }
      defer { rest.next += 1 }
      return rest.next
    }
  }
}

/// Adds outcomes up and prints them.
final class Summary: Sendable {
  private struct State: Sendable {
    var schedules: [Schedule.Workload: Int] = [:]
    var total = ScheduleRun.Outcome()
    var violated: [UInt64] = []
  }

  private let state = Mutex(State())

  func add(_ schedule: Schedule, _ outcome: ScheduleRun.Outcome, seconds: Double) {
    state.withLock { state in
      state.schedules[schedule.workload, default: 0] += 1
      state.total.faults.merge(outcome.faults, uniquingKeysWith: +)
      state.total.tasks += outcome.tasks
      state.total.takeovers += outcome.takeovers
      state.total.lostReplies += outcome.lostReplies
      state.total.repeatedRequests += outcome.repeatedRequests
      state.total.retries += outcome.retries
      if !outcome.violations.isEmpty { state.violated.append(schedule.seed) }
      state.total.violations += outcome.violations
    }
    let faults = outcome.faults.values.reduce(0, +)
    say(
      String(
        format: "seed %llu %@: %.1f s, %d faults, %d tasks, %d taken over, %d violations",
        schedule.seed, schedule.workload.rawValue, seconds, faults, outcome.tasks,
        outcome.takeovers, outcome.violations.count))
    guard !outcome.violations.isEmpty else { return }
    say("  \(schedule)")
    for violation in outcome.violations.prefix(20) { say("  VIOLATION \(violation)") }
  }

  /// - Returns: Whether no invariant was violated.
  func printed(seconds: Double) -> Bool {
    let state = self.state.withLock { $0 }
    let schedules = state.schedules.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    say("\nschedules: \(schedules), in \(Int(seconds)) s")
    for (kind, count) in state.total.faults.sorted(by: { $0.key < $1.key }) {
      say("  \(kind): \(count)")
    }
    say("faults: \(state.total.faults.values.reduce(0, +))")
    say(
      "replies lost: \(state.total.lostReplies), requests repeated: \(state.total.repeatedRequests)"
    )
    say("tasks: \(state.total.tasks), taken over: \(state.total.takeovers)")
    say("jobs retried: \(state.total.retries)")
    say("violations: \(state.total.violations.count)")
    if !state.violated.isEmpty {
      say(
        "seeds with violations: \(state.violated.sorted().map(String.init).joined(separator: " "))")
    }
    return state.violated.isEmpty
  }
}

/// Writes a line at once, so that violations are seen as they come, also in a file.
func say(_ line: some CustomStringConvertible) {
  FileHandle.standardOutput.write(Data((line.description + "\n").utf8))
}
