import Artifacts
import Foundation
import Jobs

/// Jobs of two tasks, the second after the first, which all share the two computations: small enough
/// to walk through everything that can happen. It is put together from the pure transition functions
/// as the store is.
struct SmallSystem: Hashable {
  enum Event: Hashable {
    case claim(Int, by: UUID)
    case complete(Int, by: UUID, attempt: Int32)
    case end(Int, AttemptEnd, by: UUID, attempt: Int32)
    case cancel(job: Int)
    case retry(job: Int)
  }

  static let sessions = [1, 2].map { UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $0)) }
  private static let ends: [AttemptEnd] = [
    .failed(isRetryable: true), .failed(isRetryable: false), .crashed(isAlone: true),
    .crashed(isAlone: false), .released,
  ]
  private static let highestAttempt: Int32 = 4

  /// The first and the second task's; nil while no task has come to it.
  var computations: [Computation?] = [nil, nil]
  var jobs: [Job]

  struct Job: Hashable {
    var state = JobState.queued
    /// Nil: waits on its computation, whose state it shows.
    var tasks: [TaskState?] = [.blocked, .blocked]
  }

  init(jobs count: Int) {
    jobs = Array(repeating: Job(), count: count)
    for job in jobs.indices { activate(0, of: job) }
  }

  /// What a task shows.
  func state(_ task: Int, of job: Int) -> TaskState {
    if let state = jobs[job].tasks[task] { return state }
    return computations[task]?.state == .leased ? .leased : .ready
  }

  // MARK: - Events

  func events() -> [Event] {
    var events = jobs.indices.flatMap { [Event.cancel(job: $0), .retry(job: $0)] }
    for (index, computation) in computations.enumerated() {
      guard let computation else { continue }
      for session in Self.sessions {
        events.append(.claim(index, by: session))
        // The newest attempt and a late one.
        for attempt in [computation.attempt, computation.attempt - 1] where attempt > 0 {
          events.append(.complete(index, by: session, attempt: attempt))
          events += Self.ends.map { .end(index, $0, by: session, attempt: attempt) }
        }
      }
    }
    return events
  }

  /// Keeps the walk finite.
  func isWithin(_ event: Event) -> Bool {
    switch event {
    case .claim(let index, _): (computations[index]?.attempt ?? 0) < Self.highestAttempt
    case .cancel: computations.allSatisfy { ($0?.attempt ?? 0) < Self.highestAttempt }
    default: true
    }
  }

  /// Nil when the event is refused or can do nothing.
  func after(_ event: Event) -> SmallSystem? {
    var next = self
    switch event {
    case .claim(let index, let session):
      guard next.apply(.claimed(by: session), to: index) else { return nil }
    case .complete(let index, let session, let attempt):
      let result = Self.result(of: index)
      guard next.apply(.completed(by: session, attempt: attempt, result: result), to: index)
      else { return nil }
    case .end(let index, let end, let session, let attempt):
      guard next.apply(.ended(end, by: session, attempt: attempt), to: index) else { return nil }
    case .cancel(let job):
      guard !jobs[job].state.isFinal else { return nil }
      next.end(job, as: .cancelled)
    case .retry(let job):
      guard jobs[job].state == .failed || jobs[job].state == .cancelled else { return nil }
      let succeeded = jobs[job].tasks.contains(.succeeded)
      next.jobs[job].state = succeeded ? .running : .queued
      for (task, state) in jobs[job].tasks.enumerated() where state != .succeeded {
        next.jobs[job].tasks[task] = .blocked
      }
      for task in next.jobs[job].tasks.indices where next.jobs[job].tasks[task] == .blocked {
        if task == 0 || next.jobs[job].tasks[task - 1] == .succeeded {
          next.activate(task, of: job)
        }
      }
    }
    next.follow()
    return next
  }

  private static func result(of index: Int) -> ContentDigest {
    ContentDigest(of: Data("result \(index)".utf8))
  }

  private mutating func apply(_ event: ComputationEvent, to index: Int) -> Bool {
    guard let (computation, actions) = computations[index]?.after(event) else { return false }
    computations[index] = computation
    let waiting = jobs.indices.filter { jobs[$0].tasks[index] == nil }
    for action in actions {
      switch action {
      case .succeedTasks:
        for job in waiting { succeed(index, of: job) }
      case .failTasks:
        for job in waiting { jobs[job].tasks[index] = .failed }
        for job in waiting { end(job, as: .failed) }
      case .offer, .record, .tell: break
      }
    }
    return true
  }

  private mutating func succeed(_ task: Int, of job: Int) {
    jobs[job].tasks[task] = .succeeded
    if task == 0, jobs[job].tasks[1] == .blocked { activate(1, of: job) }
  }

  /// A task whose inputs are there waits on its computation, or takes its result.
  private mutating func activate(_ task: Int, of job: Int) {
    let computation = computations[task] ?? Computation(kind: .merge)
    computations[task] = computation
    if computation.state == .succeeded { return succeed(task, of: job) }
    jobs[job].tasks[task] = nil
    if computation.state.isFinal { _ = apply(.wanted, to: task) }
  }

  private mutating func end(_ job: Int, as state: JobState) {
    jobs[job].state = state
    let active = jobs[job].tasks.indices.filter { jobs[job].tasks[$0] == nil }
    for task in jobs[job].tasks.indices where jobs[job].tasks[task]?.isFinal != true {
      jobs[job].tasks[task] = .cancelled
    }
    for task in active where !jobs.contains(where: { $0.tasks[task] == nil }) {
      _ = apply(.unwanted, to: task)
    }
  }

  /// Jobs follow their tasks.
  private mutating func follow() {
    for job in jobs.indices {
      jobs[job].state = jobs[job].state.after(tasks: counts(job), isCancelled: false)
    }
  }

  private func counts(_ job: Int) -> [TaskState: Int] {
    jobs[job].tasks.indices.reduce(into: [:]) { $0[state($1, of: job), default: 0] += 1 }
  }
}

// MARK: - What must hold

extension SmallSystem {
  /// In every state.
  func violations() -> [String] {
    var found: [String] = []
    for (index, computation) in computations.enumerated() {
      guard let computation else { continue }
      let isWanted = jobs.contains { $0.tasks[index] == nil }
      if isWanted != !computation.state.isFinal {
        found.append("computation \(index) is \(computation.state), wanted: \(isWanted)")
      }
      if computation.state == .leased, computation.session == nil { found.append("no holder") }
      if computation.state == .ready, computation.session != nil { found.append("a holder") }
      if computation.tries < 0 || computation.tries > computation.kind.maximumTries {
        found.append("\(computation.tries) tries")
      }
    }
    for job in jobs {
      let isOpen = job.tasks.contains { $0 == nil || $0 == .blocked }
      if isOpen == job.state.isFinal { found.append("\(job.state) with open tasks: \(isOpen)") }
      if job.tasks[1] == .succeeded, job.tasks[0] != .succeeded { found.append("out of order") }
    }
    return found
  }

  /// In every step.
  func violations(before next: SmallSystem, _ event: Event) -> [String] {
    var found: [String] = []
    var isRetry = false
    if case .retry = event { isRetry = true }
    for (old, new) in zip(computations, next.computations) {
      guard let old, let new else { continue }
      if new.attempt < old.attempt { found.append("attempt went back in \(event)") }
      if old.state == .succeeded, new != old { found.append("a result was touched by \(event)") }
      if old.state == .leased, new.state == .leased, old != new { found.append("two holders") }
      if new.state == .leased, old.state != .leased, new.attempt != old.attempt + 1 {
        found.append("a lease without a new attempt")
      }
    }
    for job in jobs.indices {
      if jobs[job].state.isFinal, next.jobs[job].state != jobs[job].state, !isRetry {
        found.append("\(event) took a job from \(jobs[job].state) to \(next.jobs[job].state)")
      }
      for task in jobs[job].tasks.indices {
        let (old, new) = (state(task, of: job), next.state(task, of: job))
        if old != new, !Self.reachable(from: old).contains(new) {
          found.append("a task went from \(old) to \(new) in \(event)")
        }
      }
    }
    return found
  }

  /// What the tasks' own transition function allows; one event here may be several there.
  private static func reachable(from state: TaskState) -> Set<TaskState> {
    var found: Set = [state]
    var front = [state]
    while let state = front.popLast() {
      for event in TaskEvent.allCases {
        if let next = state.after(event), found.insert(next).inserted { front.append(next) }
      }
    }
    return found
  }

  /// Whether from here a worker that does its work does not bring every open job to its end.
  func stuck() -> [String] {
    var system = self
    for _ in 0..<8 where system.jobs.contains(where: { !$0.state.isFinal }) {
      for (index, computation) in system.computations.enumerated() {
        guard let computation else { continue }
        let session = computation.session ?? Self.sessions[0]
        let leased = system.after(.claim(index, by: session)) ?? system
        guard let held = leased.computations[index] else { continue }
        system =
          leased.after(.complete(index, by: session, attempt: held.attempt)) ?? leased
      }
    }
    let open = system.jobs.contains { !$0.state.isFinal }
    return open ? ["stuck: \(self)"] : []
  }
}
