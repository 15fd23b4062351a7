import Foundation

/// Ends the process, naming the input, when a reader crashes, hangs or takes too much memory.
enum Watchdog {
  /// Seconds that one input may take.
  static let limit: UInt32 = 20
  /// Address space of the process; beyond it an allocation fails and the process with it.
  static let memory: rlim_t = 8 << 30

  // Written by one thread, read by its own signal handler.
  nonisolated(unsafe) private static var number = 0
  nonisolated(unsafe) private static var name: UnsafeMutablePointer<CChar>?

  static func start(name target: String, seed: UInt64) {
    name = strdup("\(target) with seed \(seed)")
    var size = rlimit(rlim_cur: memory, rlim_max: memory)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &size)
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
      Foundation.signal(signal) { Watchdog.end($0) }
    }
  }

  static func begin(_ input: Int) {
    number = input
    alarm(limit)
  }

  static func stop() { alarm(0) }

  static var peakMegabytes: Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss / 1024
  }

  /// Only calls that a signal handler may make.
  private static func end(_ signal: Int32) {
    say("\nFAILED: ")
    if let name { _ = write(STDOUT_FILENO, name, strlen(name)) }
    say(signal == SIGALRM ? " hangs" : " crashes")
    say(" at input ")
    var digits: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) =
      (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { digits in
      var rest = number
      var start = digits.count
      repeat {
        start -= 1
        digits[start] = UInt8(0x30 + rest % 10)
        rest /= 10
      } while rest > 0 && start > 0
      _ = write(STDOUT_FILENO, digits.baseAddress?.advanced(by: start), digits.count - start)
    }
    say("\n")
    _exit(1)
  }

  private static func say(_ text: StaticString) {
    _ = write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }
}
