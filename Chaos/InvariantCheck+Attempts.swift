import Artifacts
import Foundation
import Jobs
import Worker

extension InvariantCheck {
  /// No attempt was handed out twice, and a task's history tells them in growing order.
  func attemptsGrow() -> [String] {
    var found: [String] = []
    var claims: [AttemptID: UUID] = [:]
    for entry in history.journals.values.joined() where entry.event == .claimed {
      guard let id = entry.attemptID else { continue }
      if let other = claims.updateValue(entry.session, forKey: id) {
        found.append("\(id.text) was handed to \(other) and to \(entry.session)")
      }
      if let computation = history.computations[id.computation], computation.attempt < id.attempt {
        found.append("\(id.text) was handed out, the computation is at \(computation.attempt)")
      }
    }
    var last: [String: Int] = [:]
    for event in history.events where event.message.hasPrefix("attempt ") {
      let number = Int(event.message.dropFirst(8).prefix { $0.isNumber }) ?? 0
      let task = "\(event.task ?? "?") of \(event.job)"
      if let before = last.updateValue(number, forKey: task), before >= number {
        found.append("task \(task): attempt \(number) ended after attempt \(before)")
      }
    }
    return found
  }

  /// What workers were told agrees with what was stored.
  func writesWereFenced() -> [String] {
    var found: [String] = []
    let takenOver = Dictionary(
      history.attempts.map {
        (AttemptID(computation: $0.computation, attempt: $0.attempt), $0.outcome)
      }, uniquingKeysWith: { first, _ in first })
    var sent: Set<Sent> = []
    for entry in history.journals.values.joined() {
      guard let id = entry.attemptID else { continue }
      let row = history.computations[id.computation]
      let isStored =
        row?.state == "succeeded" && row?.attempt == id.attempt && row?.session == entry.session
      switch entry.event {
      case .result: sent.insert(Sent(id: id, session: entry.session, digest: entry.digest))
      case .accepted:
        if !isStored || row?.result != entry.digest {
          found.append(
            "\(id.text) of \(entry.session) was accepted with \(entry.digest?.short ?? "none"); "
              + "stored is \(row.map { "\($0)" } ?? "nothing")")
        }
        if let outcome = takenOver[id] {
          found.append("\(id.text) was accepted after it had been taken over (\(outcome))")
        }
      case .refused:
        if isStored { found.append("\(id.text) was refused though it is what is stored") }
      default: break
      }
    }
    for row in history.computations.values where row.state == "succeeded" {
      guard let session = row.session else { continue }
      let id = AttemptID(computation: row.id, attempt: row.attempt)
      if !sent.contains(Sent(id: id, session: session, digest: row.result)) {
        found.append("\(id.text): no worker's journal says that it sent \(row.result?.short ?? "")")
      }
    }
    return found
  }

  private struct Sent: Hashable {
    var id: AttemptID
    var session: UUID
    var digest: ContentDigest?
  }
}

extension WorkerJournal.Entry {
  var attemptID: AttemptID? {
    guard let computation, let attempt else { return nil }
    return AttemptID(computation: computation, attempt: attempt)
  }
}

extension AttemptID {
  fileprivate var text: String { "attempt \(attempt) of computation \(computation)" }
}
