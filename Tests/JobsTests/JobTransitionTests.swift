import Jobs
import Testing

struct JobTransitionTests {
  @Test func aTaskTakesItsUsualWay() {
    var state: TaskState? = .blocked
    for event: TaskEvent in [.unblocked, .claimed, .returned, .claimed, .completed] {
      state = state?.after(event)
    }
    #expect(state == .succeeded)
  }

  @Test func whatHasSucceededStaysSo() {
    for event in TaskEvent.allCases { #expect(TaskState.succeeded.after(event) == nil) }
  }

  @Test func onlyARetryLeavesAFinalState() {
    for state in TaskState.allCases where state.isFinal {
      for event in TaskEvent.allCases where event != .retried && event != .blockedAgain {
        #expect(state.after(event) == nil)
      }
    }
    #expect(TaskState.failed.after(.retried) == .ready)
    #expect(TaskState.cancelled.after(.blockedAgain) == .blocked)
  }

  @Test func aJobFollowsItsTasks() {
    #expect(JobState.queued.after(tasks: [.ready: 1], isCancelled: false) == .queued)
    #expect(JobState.queued.after(tasks: [.leased: 1], isCancelled: false) == .running)
    let some: [TaskState: Int] = [.succeeded: 3, .blocked: 1]
    #expect(JobState.running.after(tasks: some, isCancelled: false) == .running)
    #expect(JobState.running.after(tasks: [.succeeded: 3], isCancelled: false) == .succeeded)
    let failed: [TaskState: Int] = [.succeeded: 3, .failed: 1, .leased: 1]
    #expect(JobState.running.after(tasks: failed, isCancelled: false) == .failed)
    #expect(JobState.running.after(tasks: some, isCancelled: true) == .cancelled)
    #expect(JobState.succeeded.after(tasks: failed, isCancelled: true) == .succeeded)
  }
}
