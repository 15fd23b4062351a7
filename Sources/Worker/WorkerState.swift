import Jobs

/// What a worker process knows about itself.
struct WorkerState: Sendable {
  let slots: Int
  /// Executor threads at work, those included whose work nobody wants any more.
  var busySlots = 0
  /// The attempts that heartbeats list: claimed, and neither delivered nor lost.
  var running: [AttemptID: RunningAttempt] = [:]
  /// An attempt that nothing may run beside; nothing is claimed while it waits or runs.
  var solitary: AttemptID?
  /// Grows with every attempt begun: a heartbeat under way that lacks one is renewed.
  var begun: UInt64 = 0
  /// The coordinator asked for it, or it is shutting down.
  var isDraining = false
  /// When what still runs is given back.
  var deadline: ContinuousClock.Instant?
  var isPastDeadline = false
  /// The coordinator no longer knows the session.
  var hasExpired = false
  /// Why the worker cannot go on at all.
  var failure: WorkerError?

  init(slots: Int) { self.slots = slots }

  var freeSlots: Int { solitary == nil ? max(0, slots - busySlots) : 0 }
  var isShuttingDown: Bool { deadline != nil }
  var claimsNoMore: Bool { isDraining || isShuttingDown || hasExpired || failure != nil }
  /// Whether the session has nothing left to do.
  var isOver: Bool {
    hasExpired || failure != nil || isPastDeadline || (claimsNoMore && running.isEmpty)
  }

  mutating func begin(_ attempt: RunningAttempt, runsAlone: Bool = false) {
    running[attempt.id] = attempt
    busySlots += 1
    begun += 1
    if runsAlone { solitary = attempt.id }
  }

  /// Its thread is done, or was never needed.
  mutating func freeSlot(of attempt: AttemptID) {
    busySlots -= 1
    if solitary == attempt { solitary = nil }
  }

  /// Drops everything that runs; the executors find out at their next report of progress.
  mutating func dropAll() -> [RunningAttempt] {
    defer { running = [:] }
    for attempt in running.values { attempt.cancel() }
    return Array(running.values)
  }
}

/// Why a worker ends before it was asked to.
public struct WorkerError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
