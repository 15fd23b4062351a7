import Artifacts
import Foundation
import Jobs
import Testing

/// The pure transition function of computations: every state × event.
struct ComputationTransitionTests {
  private let mine = UUID()
  private let other = UUID()
  private let result = ContentDigest(of: Data("result".utf8))
  private let otherResult = ContentDigest(of: Data("other".utf8))

  private func computation(_ state: ComputationState, tries: Int = 1) -> Computation {
    Computation(
      kind: .merge, state: state, attempt: 4, tries: tries,
      session: state == .leased || state == .succeeded ? mine : nil,
      result: state == .succeeded ? result : nil)
  }

  private var ends: [AttemptEnd] {
    [
      .failed(isRetryable: true), .failed(isRetryable: false), .crashed(isAlone: true),
      .crashed(isAlone: false), .frozen, .released, .unlisted,
    ]
  }

  /// Every event there is, with every fence that may come with it.
  private var events: [ComputationEvent] {
    var events: [ComputationEvent] = [
      .claimed(by: mine), .claimed(by: other), .unusable, .unwanted, .wanted,
    ]
    for (session, attempt) in [(mine, 4), (other, 4), (mine, 3), (mine, 5)] as [(UUID, Int32)] {
      for result in [result, otherResult] {
        events.append(.completed(by: session, attempt: attempt, result: result))
      }
      events += ends.map { .ended($0, by: session, attempt: attempt) }
    }
    return events
  }

  /// The states that the event may lead to from each state: the whole table.
  private func allowed(_ state: ComputationState, _ event: ComputationEvent) -> [ComputationState] {
    switch (state, event) {
    case (.ready, .claimed): [.leased]
    case (.leased, .completed(by: mine, attempt: 4, _)): [.succeeded]
    case (.leased, .ended(.failed(isRetryable: false), by: mine, attempt: 4)): [.failed]
    case (.leased, .ended(_, by: mine, attempt: 4)): [.ready]
    case (.succeeded, .completed(by: mine, attempt: 4, result)): [.succeeded]
    case (.ready, .unwanted), (.leased, .unwanted): [.cancelled]
    case (.succeeded, .wanted), (.failed, .wanted), (.cancelled, .wanted): [.ready]
    default: []
    }
  }

  @Test func everyStateAndEventGoesWhereTheTableSays() {
    for state in ComputationState.allCases {
      for event in events {
        let before = computation(state)
        let after = before.after(event)
        #expect(after.map { [$0.0.state] } ?? [] == allowed(state, event), "\(state), \(event)")
        guard let (next, actions) = after else { continue }
        #expect(next.attempt >= before.attempt)
        #expect((next.state == .leased) == (next.state == .leased && next.session != nil))
        #expect((next.state == .succeeded) == (next.result != nil))
        if case .completed = event, state == .succeeded {
          #expect(next == before && actions.isEmpty, "said twice: nothing happens")
        }
        if state == .leased, next.state != .succeeded {
          #expect(actions.contains(.tell(mine)), "who runs it drops it")
        }
      }
    }
  }

  @Test func onlyWhatIsNeverSharedCanLoseItsSuccess() throws {
    for kind in TaskKind.allCases {
      var computation = computation(.succeeded)
      computation.kind = kind
      let after = computation.after(.unusable)
      #expect((after == nil) == kind.isShared)
      #expect(after.map { $0.0.state == .failed } ?? true)
    }
  }

  @Test func triesCountWhatIsTheTasksOwnDoing() throws {
    let limit = TaskKind.merge.maximumTries
    for end in ends {
      for tries in 1...limit {
        let leased = computation(.leased, tries: tries)
        let (next, actions) = try #require(leased.after(.ended(end, by: mine, attempt: 4)))
        #expect(actions.contains(.record(end.outcome, counted: end.countsAsTry)))
        #expect(next.isSuspect == (end == .crashed(isAlone: false)))
        let isLast = end.countsAsTry && tries == limit || end == .failed(isRetryable: false)
        #expect((next.state == .failed) == isLast, "\(end) after \(tries)")
        #expect(actions.contains(.failTasks) == isLast)
        if !isLast { #expect(next.tries == (end.countsAsTry ? tries : tries - 1)) }
        let pauses = actions.compactMap { action -> Int? in
          if case .offer(let failures) = action { failures } else { nil }
        }
        let expected: Int? =
          switch end {
          case _ where isLast: nil
          case .failed: tries
          case .crashed(isAlone: true), .frozen: tries - 1
          case .crashed(isAlone: false), .released, .unlisted: 0
          }
        #expect(pauses == (expected.map { [$0] } ?? []))
      }
    }
  }

  @Test func pausesDoubleUpToAMinuteWithJitter() {
    #expect(RetryPause.seconds(afterFailures: 0, fraction: 1) == 0)
    #expect(RetryPause.seconds(afterFailures: -1, fraction: 1) == 0)
    let longest = (1...9).map { RetryPause.seconds(afterFailures: $0, fraction: 1) }
    #expect(longest == [1, 2, 4, 8, 16, 32, 60, 60, 60])
    for failures in [1, 4, 7, 1000, .max] {
      let (least, most) = (
        RetryPause.seconds(afterFailures: failures, fraction: 0),
        RetryPause.seconds(afterFailures: failures, fraction: 1)
      )
      #expect(least == most / 2 && most <= RetryPause.longest)
    }
  }

  /// Everything that two sessions, two tasks and two jobs that share them can come to.
  @Test func whateverHappensToASmallSystemItsInvariantsHold() throws {
    let start = SmallSystem(jobs: 2)
    var seen: Set<SmallSystem> = [start]
    var front = [start]
    var steps = 0
    var problems: Set<String> = []
    while let system = front.popLast() {
      problems.formUnion(system.violations())
      problems.formUnion(system.stuck())
      for event in system.events() where system.isWithin(event) {
        guard let next = system.after(event) else { continue }
        steps += 1
        problems.formUnion(system.violations(before: next, event))
        if seen.insert(next).inserted { front.append(next) }
      }
      if !problems.isEmpty { break }
    }
    #expect(problems == [])
    #expect(seen.count > 1000 && steps > seen.count)
  }
}
