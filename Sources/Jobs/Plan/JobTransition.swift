/// How tasks and jobs change state: the one place that says which changes there are.
///
///     task:  blocked → ready → leased → succeeded | failed | cancelled
///     job:   queued → running → succeeded | failed | cancelled
public enum TaskEvent: String, CaseIterable, Sendable {
  /// Its last input is there.
  case unblocked
  /// A worker has claimed it.
  case claimed
  /// The worker gave it back, died, or failed with tries left.
  case returned
  case completed
  /// Failed for good.
  case failed
  /// Its job was cancelled, or an input failed.
  case cancelled
  /// The job was retried; the task waits for inputs that will be computed again.
  case blockedAgain
  /// The job was retried; the task's inputs are all there.
  case retried
}

extension TaskState {
  /// The state after an event; nil when the event cannot happen in this state.
  public func after(_ event: TaskEvent) -> TaskState? {
    switch (self, event) {
    case (.blocked, .unblocked): .ready
    case (.ready, .claimed): .leased
    case (.leased, .returned): .ready
    // What a task waits for may have been computed before.
    case (.leased, .completed), (.blocked, .completed): .succeeded
    case (.leased, .failed): .failed
    case (.blocked, .cancelled), (.ready, .cancelled), (.leased, .cancelled): .cancelled
    case (.failed, .blockedAgain), (.cancelled, .blockedAgain): .blocked
    case (.failed, .retried), (.cancelled, .retried): .ready
    default: nil
    }
  }
}

extension JobState {
  /// The state of a job that was in this state and whose tasks are now in `tasks`.
  ///
  /// - Parameters:
  ///   - tasks: How many of its tasks are in each state.
  ///   - isCancelled: Whether its user cancelled it.
  public func after(tasks: [TaskState: Int], isCancelled: Bool) -> JobState {
    if isFinal { return self }
    if isCancelled { return .cancelled }
    if tasks[.failed, default: 0] > 0 { return .failed }
    let unfinished = tasks.filter { !$0.key.isFinal }.values.reduce(0, +)
    if unfinished == 0, tasks[.succeeded, default: 0] > 0 { return .succeeded }
    let begun = tasks[.leased, default: 0] + tasks[.succeeded, default: 0]
    return begun > 0 ? .running : self
  }
}
