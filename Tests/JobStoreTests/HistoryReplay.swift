import Artifacts
import Foundation
import Jobs
import Postgres

@testable import JobStore

/// What workers were told, as they would write it down.
struct WorkerNotes: Sendable {
  var claims: [AttemptID: UUID] = [:]
  var accepted: [AttemptID: ContentDigest] = [:]
  var refused: Set<AttemptID> = []
  /// Said twice about one attempt, or to two workers.
  var contradictions: [String] = []

  mutating func claimed(_ id: AttemptID, by session: UUID) {
    if let first = claims.updateValue(session, forKey: id) {
      contradictions.append("\(id) was handed out to \(first) and \(session)")
    }
  }

  mutating func completed(_ id: AttemptID, _ result: ContentDigest, isAccepted: Bool) {
    guard isAccepted else {
      refused.insert(id)
      return
    }
    if let first = accepted.updateValue(result, forKey: id), first != result {
      contradictions.append("\(id) was accepted with two results")
    }
  }
}

/// Holds what happened, whatever ran at the same time, against the pure transition function: the
/// store's history of a computation, replayed in the order of its attempts, must be possible and
/// end in exactly the row that is there.
struct HistoryReplay {
  private struct Ending {
    var outcome: AttemptOutcome
    var isCounted: Bool?
    var code: String?
  }

  /// The failure code that the test reports for what must not be tried again.
  static let finalCode = "final"

  let notes: WorkerNotes

  func violations(_ pool: PostgresPool) async throws -> [String] {
    let history = try await pool.query(
      "SELECT computation, attempt, session, outcome, counted, code FROM attempts")
    var claims: [Int64: [Int32: UUID]] = [:]
    var endings: [Int64: [Int32: Ending]] = [:]
    for (id, session) in notes.claims { claims[id.computation, default: [:]][id.attempt] = session }
    var found = notes.contradictions
    for row in history {
      let (id, attempt): (Int64, Int32) = (
        try row.decode("computation"), try row.decode("attempt")
      )
      let session: UUID = try row.decode("session")
      // A claim whose reply said nothing of it.
      if let told = claims[id, default: [:]].updateValue(session, forKey: attempt), told != session
      {
        found.append("computation \(id), attempt \(attempt): in two sessions")
      }
      endings[id, default: [:]][attempt] = Ending(
        outcome: try row.state("outcome"), isCounted: try row.decode("counted"),
        code: try row.decode("code"))
    }
    let rows = try await pool.query(
      "SELECT id, kind, state, attempt, tries, session, is_suspect, result FROM computations")
    for row in rows {
      let id: Int64 = try row.decode("id")
      let stored = Computation(
        kind: try row.kind("kind"), state: try row.state("state"),
        attempt: try row.decode("attempt"), tries: try row.decode("tries"),
        session: try row.decode("session"), isSuspect: try row.decode("is_suspect"),
        result: try row.digest("result"))
      found += replay(id, stored, claims[id] ?? [:], endings[id] ?? [:])
        .map { "computation \(id): \($0)" }
    }
    return found
  }

  private func replay(
    _ id: Int64, _ stored: Computation, _ claims: [Int32: UUID], _ endings: [Int32: Ending]
  ) -> [String] {
    var machine = Computation(kind: stored.kind)
    var found: [String] = []
    func apply(_ event: ComputationEvent) -> [ComputationAction] {
      guard let (next, actions) = machine.after(event) else {
        found.append("\(event) cannot happen to \(machine)")
        return []
      }
      machine = next
      return actions
    }
    /// Cancelled while nobody had it, and wanted again.
    func skip(to attempt: Int32) {
      while machine.attempt < attempt, found.isEmpty {
        if machine.state.isFinal { _ = apply(.wanted) }
        _ = apply(.unwanted)
      }
    }
    for (attempt, session) in claims.sorted(by: { $0.key < $1.key }) where found.isEmpty {
      skip(to: attempt - 1)
      if machine.state == .succeeded { found.append("run again after its result was there") }
      if machine.state.isFinal { _ = apply(.wanted) }
      _ = apply(.claimed(by: session))
      if machine.attempt != attempt { found.append("attempt \(attempt) is \(machine.attempt)") }
      let result = notes.accepted[AttemptID(computation: id, attempt: attempt)]
      if let ending = endings[attempt] {
        if result != nil { found.append("attempt \(attempt) ended twice") }
        let actions = apply(event(ending, by: session, attempt: attempt))
        if let isCounted = ending.isCounted,
          !actions.contains(.record(ending.outcome, counted: isCounted))
        {
          found.append("attempt \(attempt): \(ending) gives \(actions)")
        }
      } else if let result {
        _ = apply(.completed(by: session, attempt: attempt, result: result))
      } else if notes.refused.contains(AttemptID(computation: id, attempt: attempt)) {
        found.append("attempt \(attempt) was refused, but nothing else had ended it")
      }
    }
    skip(to: stored.attempt)
    if machine.state.isFinal, stored.state == .ready { _ = apply(.wanted) }
    if found.isEmpty, machine != stored { found.append("\(stored) is stored, not \(machine)") }
    return found
  }

  private func event(_ ending: Ending, by session: UUID, attempt: Int32) -> ComputationEvent {
    let end: AttemptEnd
    switch ending.outcome {
    case .failed: end = .failed(isRetryable: ending.code != Self.finalCode)
    case .crashed: end = .crashed(isAlone: ending.isCounted == true)
    case .frozen: end = .frozen
    case .released: end = .released
    case .unlisted: end = .unlisted
    case .cancelled: return .unwanted
    }
    return .ended(end, by: session, attempt: attempt)
  }
}
