import Foundation
import Jobs

/// Shows a job's stages while it runs: a bar for each on a terminal, lines elsewhere.
struct ProgressDisplay {
  private var drawnLines = 0
  private var lastLine = ""
  private var lastPrinted: Date?
  private let isInteractive = Terminal.isInteractive

  /// Draws `status` over the previous drawing.
  mutating func show(_ status: JobStatus, at now: Date = Date()) {
    if isInteractive {
      let lines = Self.lines(status, width: Terminal.width, at: now)
      var text = drawnLines > 0 ? "\u{1B}[\(drawnLines)A\u{1B}[J" : ""
      text += lines.map { $0 + "\n" }.joined()
      Terminal.write(text)
      drawnLines = lines.count
    } else {
      let line = Self.summary(status, at: now)
      let isDue = lastPrinted.map { now.timeIntervalSince($0) >= 5 } ?? true
      if line.key != lastLine && (isDue || status.state.isFinal) {
        Terminal.write(line.text + "\n")
        lastLine = line.key
        lastPrinted = now
      }
    }
  }

  static func lines(_ status: JobStatus, width: Int, at now: Date) -> [String] {
    let barWidth = max(10, min(40, width - 48))
    var lines = [
      Terminal.bold(status.name) + " " + Terminal.dim(status.id.short)
        + "  \(status.state.rawValue), \(elapsed(status, at: now))\(remaining(status))"
    ]
    for kind in status.kinds {
      let done = Double(kind.succeeded) + kind.runningProgress
      let share = kind.total == 0 ? 0 : min(1, done / Double(kind.total))
      let filled = Int((share * Double(barWidth)).rounded(.down))
      let bar =
        String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
      let name = kind.kind.rawValue
      let padded = name + String(repeating: " ", count: max(0, 9 - name.count))
      var line = "  \(padded) \(bar) \(kind.succeeded)/\(kind.total)"
      if kind.running > 0 { line += ", \(kind.running) running" }
      if kind.reused > 0 { line += ", \(kind.reused) reused" }
      if kind.failed > 0 { line += ", \(kind.failed) failed" }
      lines.append(line)
    }
    return lines
  }

  private static func summary(_ status: JobStatus, at now: Date) -> (text: String, key: String) {
    let stages = status.kinds.map { kind in
      "\(kind.kind.rawValue) \(kind.succeeded)/\(kind.total)"
        + (kind.reused > 0 ? " (\(kind.reused) reused)" : "")
    }
    let key = "\(status.state.rawValue): " + stages.joined(separator: ", ")
    return ("[\(elapsed(status, at: now))] \(key)\(remaining(status))", key)
  }

  private static func elapsed(_ status: JobStatus, at now: Date) -> String {
    Readable.duration(max(0, (status.finishedAt ?? now).timeIntervalSince(status.createdAt)))
  }

  private static func remaining(_ status: JobStatus) -> String {
    guard let seconds = estimateOfTimeLeft(status) else { return "" }
    return ", about \(Readable.duration(seconds)) left"
  }

  /// Work left over slots: each kind's unfinished tasks times the mean of its finished ones (a
  /// rough prior before any has finished). Nil before the plan is known and after the end.
  static func estimateOfTimeLeft(_ status: JobStatus) -> Double? {
    guard !status.state.isFinal, status.kinds.contains(where: { $0.kind != .resolve }) else {
      return nil
    }
    let work = status.kinds.reduce(0.0) { sum, kind in
      let left = Double(kind.total - kind.succeeded - kind.failed - kind.cancelled)
      return sum + max(0, left - kind.runningProgress)
        * (kind.meanSeconds ?? kind.kind.expectedSeconds)
    }
    return work / Double(max(1, status.slots))
  }
}
