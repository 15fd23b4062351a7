import Artifacts
import Foundation
import Jobs
import Testing
import Worker

@testable import ChaosHarness

/// The check is worth what it finds: a sound history has no violation, and every way of spoiling it
/// has one.
@Suite struct InvariantCheckTests {
  static let job = UUID()
  static let session = UUID()
  static let result = ContentDigest(of: Data("result".utf8))
  static let other = ContentDigest(of: Data("another".utf8))

  /// One task; its first worker was killed, its second sent the result.
  static func sound() throws -> History {
    var history = History()
    history.jobs = [job: History.JobRow(state: "succeeded", openTasks: 0)]
    history.tasks = [
      History.TaskRow(job: job, name: "resolve", state: "succeeded", computation: 7, result: result)
    ]
    history.computations = [
      7: History.ComputationRow(
        id: 7, state: "succeeded", attempt: 2, session: session, result: result)
    ]
    history.attempts = [
      History.AttemptRow(
        computation: 7, attempt: 1, session: killed, outcome: "crashed",
        endedAt: Date(timeIntervalSince1970: 1005))
    ]
    let events: [(String, String?, String)] = [
      ("submitted", nil, "by me"), ("started", nil, "the first task runs"),
      ("rescued", "resolve", "attempt 1: its worker was silent for too long"),
      ("succeeded", "resolve", "attempt 2 on it in 5 ms"), ("job-succeeded", nil, "all is done"),
    ]
    history.events = events.enumerated().map { index, event in
      History.EventRow(
        job: job, id: Int64(index), event: event.0, task: event.1, message: event.2)
    }
    history.versions = [History.VersionRow(name: "a", version: 1, digest: result)]
    history.journals = [
      "one": [entry(.claimed, 1, killed), entry(.result, 1, killed)],
      "two": [
        entry(.claimed, 2, session), entry(.result, 2, session), entry(.accepted, 2, session),
      ],
    ]
    return history
  }

  static let killed = UUID()

  static func entry(
    _ event: WorkerJournal.Event, _ attempt: Int32, _ session: UUID,
    _ digest: ContentDigest? = result
  ) -> WorkerJournal.Entry {
    WorkerJournal.Entry(
      at: Date(), event: event, session: session, task: "resolve", computation: 7,
      attempt: attempt, digest: event == .claimed ? nil : digest)
  }

  static func violations(_ history: History) -> [String] {
    let expected = ChaosJob(
      name: "a", file: Data(), results: ["resolve": result], artifact: result)
    let schedule = Schedule(
      seed: 1, workload: .tiny, scale: 1,
      abilities: Abilities(smallDisks: false, falseClocks: false))
    return InvariantCheck(
      history: history, schedule: schedule, jobs: [(job, expected)],
      deaths: [Deployment.Death(journal: "one", at: Date(timeIntervalSince1970: 1000))],
      disturbances: [], healedAt: Date()
    ).all()
  }

  @Test func aSoundHistoryHasNoViolation() throws {
    #expect(Self.violations(try Self.sound()) == [])
  }

  @Test(arguments: Spoiled.allCases)
  func everySpoiltHistoryIsFound(_ spoiled: Spoiled) throws {
    var history = try Self.sound()
    spoiled.spoil(&history)
    #expect(!Self.violations(history).isEmpty)
  }

  enum Spoiled: CaseIterable {
    case succeededTwice, neverSucceeded, wrongResult, attemptHandedOutTwice, attemptShrank
    case acceptedButNotStored, acceptedAfterTakeover, refusedButStored, neverSent, stillLeased
    case publishedTwice, publishedOtherwise, takenOverLate, jobTwice, taskMissing, damagedBlob
    case openTasksLeft, endedTwice

    func spoil(_ history: inout History) {
      typealias Tests = InvariantCheckTests
      switch self {
      case .succeededTwice: history.events.append(history.events[3])
      case .neverSucceeded: history.events.remove(at: 3)
      case .wrongResult:
        history.tasks[0].result = Tests.other
        history.computations[7]?.result = Tests.other
      case .attemptHandedOutTwice:
        history.journals["three"] = [Tests.entry(.claimed, 2, UUID())]
      case .attemptShrank: history.computations[7]?.attempt = 1
      case .acceptedButNotStored:
        history.journals["three"] = [Tests.entry(.accepted, 2, UUID())]
      case .acceptedAfterTakeover:
        history.journals["three"] = [Tests.entry(.accepted, 1, Tests.killed)]
      case .refusedButStored:
        history.journals["three"] = [Tests.entry(.refused, 2, Tests.session)]
      case .neverSent: history.journals["two"] = [Tests.entry(.claimed, 2, Tests.session)]
      case .stillLeased: history.computations[7]?.state = "leased"
      case .publishedTwice:
        history.versions.append(
          History.VersionRow(name: "a", version: 2, digest: Tests.other))
      case .publishedOtherwise: history.versions[0].digest = Tests.other
      case .takenOverLate: history.attempts[0].endedAt = Date(timeIntervalSince1970: 1100)
      case .jobTwice:
        history.jobs[UUID()] = History.JobRow(state: "succeeded", openTasks: 0)
      case .taskMissing: history.tasks = []
      case .damagedBlob: history.damagedBlobs = ["it has other bytes"]
      case .openTasksLeft: history.jobs[Tests.job]?.openTasks = 1
      case .endedTwice: history.events.append(history.events[4])
      }
    }
  }

  @Test func theSameSeedGivesTheSameSchedule() {
    let abilities = Abilities(smallDisks: true, falseClocks: true)
    for seed in UInt64(1)...50 {
      let schedules = (0..<2).map { _ in
        Schedule(seed: seed, workload: nil, scale: 1, abilities: abilities).description
      }
      #expect(schedules[0] == schedules[1])
    }
  }
}
