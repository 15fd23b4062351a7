import Foundation

/// What is known about the screen. Colour and redrawing only on a terminal.
enum Terminal {
  static var isInteractive: Bool {
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  static var hasColour: Bool {
    isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
  }

  /// Columns, 80 when unknown.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes to standard output. What cannot be written (a full disk, a reader that left) ends the
  /// process as failed: a script must not take half an answer for a whole one.
  static func write(_ text: String) {
    guard let reason = StandardStream.write(text, to: STDOUT_FILENO) else { return }
    if reason != EPIPE {
      note("nnlut: cannot write to standard output: \(String(cString: strerror(reason)))")
    }
    exit(ExitStatus.failed.rawValue)
  }

  /// Writes a line to standard error, if anybody can take it.
  static func note(_ text: String) {
    _ = StandardStream.write(text + "\n", to: STDERR_FILENO)
  }

  static func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  static func dim(_ text: String) -> String { hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}

/// Durations and sizes as people read them.
enum Readable {
  /// `48 s`, `3 min 12 s`, `2 h 5 min`.
  static func duration(_ seconds: Double) -> String {
    let total = Int(seconds.rounded())
    if total < 60 { return "\(total) s" }
    if total < 3600 { return "\(total / 60) min \(total % 60) s" }
    return "\(total / 3600) h \(total % 3600 / 60) min"
  }

  static func bytes(_ count: Int) -> String {
    if count < 1024 { return "\(count) B" }
    if count < 1024 * 1024 { return "\(fixed(Double(count) / 1024, 1)) KiB" }
    return "\(fixed(Double(count) / 1_048_576, 1)) MiB"
  }

  static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  static func signed(_ value: Double, _ digits: Int) -> String {
    String(format: "%+.\(digits)f", value)
  }

  /// What the system said is wrong, without Foundation's wrapping.
  static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let underlying, underlying.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(underlying.code)))
    }
    return error.localizedDescription
  }

  static func time(_ date: Date) -> String {
    date.formatted(.iso8601.dateTimeSeparator(.space).timeZoneSeparator(.omitted))
  }
}
