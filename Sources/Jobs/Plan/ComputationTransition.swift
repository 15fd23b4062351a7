import Artifacts
import Foundation

/// What can become of a computation; a task that waits on it shows `ready` and `leased`.
///
///     ready → leased → succeeded | failed | cancelled
///     leased → ready            given back, lost, or failed with tries left
///     ready → cancelled         no job wants it any more
///     final → ready             wanted again
public enum ComputationState: String, CaseIterable, Sendable {
  case ready, leased, succeeded, failed, cancelled

  public var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
}

/// A computation as far as its state is concerned: what its row in the store says.
public struct Computation: Hashable, Sendable {
  public var kind: TaskKind
  public var state: ComputationState
  /// The fencing token of the newest attempt: only ever grows.
  public var attempt: Int32
  /// Attempts that count against the kind's limit.
  public var tries: Int
  /// Whose attempt it is, or whose result.
  public var session: UUID?
  /// It ran in a process that died while others ran there: its next attempts run alone, so that the
  /// one that kills its worker is found and the others are not blamed for it.
  public var isSuspect: Bool
  public var result: ContentDigest?

  public init(
    kind: TaskKind, state: ComputationState = .ready, attempt: Int32 = 0, tries: Int = 0,
    session: UUID? = nil, isSuspect: Bool = false, result: ContentDigest? = nil
  ) {
    self.kind = kind
    self.state = state
    self.attempt = attempt
    self.tries = tries
    self.session = session
    self.isSuspect = isSuspect
    self.result = result
  }

  /// Whether this very attempt is under way in this session: the fence.
  public func isHeld(by session: UUID, attempt: Int32) -> Bool {
    state == .leased && self.session == session && self.attempt == attempt
  }
}

/// How an attempt ended without a result.
public enum AttemptOutcome: String, Codable, CaseIterable, Sendable {
  /// The worker reported a failure.
  case failed
  /// The worker died, or was silent for too long.
  case crashed
  /// The progress stood still for too long.
  case frozen
  /// The worker gave it back.
  case released
  /// The worker never knew that it had it.
  case unlisted
  /// No job wanted it any more.
  case cancelled
}

/// What ended an attempt without a result, as far as the computation's next state depends on it.
public enum AttemptEnd: Hashable, Sendable {
  /// The worker reported a failure; `isRetryable`: another try may help.
  case failed(isRetryable: Bool)
  /// `isAlone`: nothing else ran in the process that died, so it is this attempt's doing.
  case crashed(isAlone: Bool)
  case frozen
  case released
  case unlisted

  public var outcome: AttemptOutcome {
    switch self {
    case .failed: .failed
    case .crashed: .crashed
    case .frozen: .frozen
    case .released: .released
    case .unlisted: .unlisted
    }
  }

  /// Whether the attempt counts against the kind's limit.
  public var countsAsTry: Bool {
    switch self {
    case .failed, .frozen: true
    case .crashed(let isAlone): isAlone
    case .released, .unlisted: false
    }
  }
}

public enum ComputationEvent: Hashable, Sendable {
  /// A session takes it.
  case claimed(by: UUID)
  /// A session brings the result of an attempt.
  case completed(by: UUID, attempt: Int32, result: ContentDigest)
  /// An attempt ended without a result.
  case ended(AttemptEnd, by: UUID, attempt: Int32)
  /// What its result asks for cannot be done: the plan after `resolve`, the version after `publish`.
  /// In the transaction that takes the result.
  case unusable
  /// The last job that waited on it is gone.
  case unwanted
  /// A job waits on it that has ended before, and there is no result to take.
  case wanted
}

/// What follows from a computation's change of state, for whoever stores it.
public enum ComputationAction: Hashable, Sendable {
  /// The tasks that wait on it have succeeded.
  case succeedTasks
  /// The tasks that wait on it have failed, and with them their jobs.
  case failTasks
  /// It may be claimed again; after `failures` tries that counted in a row, with a pause
  /// (``RetryPause``) that grows with them. 0: at once.
  case offer(failures: Int)
  /// The attempt goes into the history; `counted`: against the kind's limit.
  case record(AttemptOutcome, counted: Bool)
  /// Who ran it is to drop the work.
  case tell(UUID)
}

extension Computation {
  /// The one function that says how computations change: state after the event, and what follows.
  /// - Returns: Nil when the event is refused: the fence does not match, or nothing of that kind can
  ///   happen in this state. A result brought twice is accepted, and nothing follows from it.
  public func after(_ event: ComputationEvent) -> (Computation, [ComputationAction])? {
    var next = self
    switch event {
    case .claimed(let session):
      guard state == .ready else { return nil }
      next.state = .leased
      next.attempt += 1
      next.tries += 1
      next.session = session
      return (next, [])

    case .completed(let session, let attempt, let result):
      if state == .succeeded, self.session == session, self.attempt == attempt,
        self.result == result
      {
        return (self, [])
      }
      guard isHeld(by: session, attempt: attempt) else { return nil }
      next.state = .succeeded
      next.result = result
      return (next, [.succeedTasks])

    case .ended(let end, let session, let attempt):
      guard isHeld(by: session, attempt: attempt) else { return nil }
      return after(end, of: session)

    case .unusable:
      guard state == .succeeded, !kind.isShared else { return nil }
      next.state = .failed
      return (next, [.failTasks])

    case .unwanted:
      guard !state.isFinal else { return nil }
      next.state = .cancelled
      // So that what still runs is refused when it comes.
      next.attempt += 1
      next.session = nil
      guard let session, state == .leased else { return (next, []) }
      return (next, [.record(.cancelled, counted: false), .tell(session)])

    case .wanted:
      guard state.isFinal else { return nil }
      next.state = .ready
      next.tries = 0
      next.session = nil
      next.result = nil
      return (next, [.offer(failures: 0)])
    }
  }

  private func after(_ end: AttemptEnd, of session: UUID) -> (Computation, [ComputationAction]) {
    var next = self
    let history: [ComputationAction] = [
      .record(end.outcome, counted: end.countsAsTry), .tell(session),
    ]
    if case .crashed(isAlone: false) = end { next.isSuspect = true }
    var mayTryAgain = tries < kind.maximumTries
    if case .failed(isRetryable: false) = end { mayTryAgain = false }
    guard !end.countsAsTry || mayTryAgain else {
      next.state = .failed
      return (next, history + [.failTasks])
    }
    next.state = .ready
    next.session = nil
    next.tries -= end.countsAsTry ? 0 : 1
    // The first death of a worker says nothing about the task, so it does not delay it.
    let failures =
      switch end {
      case .failed: tries
      case .crashed(isAlone: true), .frozen: tries - 1
      case .crashed(isAlone: false), .released, .unlisted: 0
      }
    return (next, history + [.offer(failures: failures)])
  }
}

/// How long a computation waits before it is tried again.
public enum RetryPause {
  /// Seconds.
  public static let longest = 60.0

  /// Between half and all of 1, 2, 4 … 60 seconds, so that what failed together does not come back
  /// together.
  /// - Parameters:
  ///   - failures: Tries that failed; 0 or less: no pause.
  ///   - fraction: A random number in `0...1`.
  public static func seconds(afterFailures failures: Int, fraction: Double) -> Double {
    guard failures > 0 else { return 0 }
    let doubled = failures > 6 ? longest : min(longest, Double(1 << (failures - 1)))
    return doubled * (0.5 + 0.5 * min(max(fraction, 0), 1))
  }
}
