import Foundation
import Jobs

/// How attempts that gave no result are shown.
enum AttemptText {
  /// Of what a worker wrote last, at most so many lines are shown.
  private static let longestLog = 5

  static func lines(_ attempts: [TaskAttempt]) -> [String] {
    attempts.flatMap { attempt in
      [line(attempt)] + log(attempt)
    }
  }

  private static func line(_ attempt: TaskAttempt) -> String {
    var line = "  \(attempt.task), attempt \(attempt.attempt): \(attempt.outcome.rawValue)"
    if let signal = attempt.signal {
      line += " by \(signal)"
      if signal == "SIGKILL" { line += " (too little memory?)" }
    }
    if let worker = attempt.worker { line += " on \(worker)" }
    line += ", \(Readable.time(attempt.endedAt))"
    if let started = attempt.startedAt {
      let seconds = max(0, attempt.endedAt.timeIntervalSince(started))
      line += " after \(Int(seconds.rounded())) s"
    }
    if attempt.isCounted == false { line += ", not counted" }
    if let failure = attempt.failure { line += ": \(failure.code): \(failure.message)" }
    return line
  }

  private static func log(_ attempt: TaskAttempt) -> [String] {
    (attempt.log ?? "").split(separator: "\n").suffix(longestLog).map { "    | \($0)" }
  }
}
