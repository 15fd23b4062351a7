import Foundation

/// A process's own wall clock, read from a file that says how far it is off (libfaketime). All other
/// clocks, and the timers on them, stay the kernel's.
struct FalseClock: Sendable {
  /// Holds the offset in seconds, with its sign.
  let file: URL
  /// Where `libKernelTimers.so` is: the harness's own folder.
  let libraries: URL

  private static let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
  static var isInstalled: Bool { FileManager.default.fileExists(atPath: library) }

  /// - Throws: When the file cannot be written.
  func set(_ seconds: Int) throws {
    try Data("\(seconds < 0 ? "" : "+")\(seconds)".utf8).write(to: file, options: .atomic)
  }

  /// For the process that is to have this clock.
  var environment: [String: String] {
    [
      "LD_PRELOAD": "\(libraries.appending(path: "libKernelTimers.so").path):\(Self.library)",
      "FAKETIME_TIMESTAMP_FILE": file.path,
      "FAKETIME_NO_CACHE": "1",
      "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    ]
  }
}
