import Foundation
import Testing

@testable import ChaosHarness

@Suite(.enabled(if: FalseClock.isInstalled)) struct FalseClockTests {
  /// What Swift's `Task.sleep` waits on is a timer of the boot clock.
  @Test func aJumpMovesTheWallClockAndNoTimerOfAnother() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "nnlut-clock-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let build = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: ".build/release")
    let clock = FalseClock(file: folder.appending(path: "clock"), libraries: build)
    try clock.set(-2800)

    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.script]
    process.environment = ProcessInfo.processInfo.environment.merging(clock.environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    let before = Date().timeIntervalSince1970
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n")
    try #require(lines.count == 2, "\(text)")
    let wall = try #require(Double(lines[0]))
    #expect(abs(wall + 2800 - before) < 600, "the process's clock says \(wall)")
    #expect(lines[1] == "rang")
  }

  /// Says what time it is, then sets a timer of the boot clock to ring after 20 ms and waits for it.
  private static let script = """
    import ctypes, os, select, time
    print(time.time())
    class Time(ctypes.Structure):
        _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]
    class Timer(ctypes.Structure):
        _fields_ = [("interval", Time), ("value", Time)]
    libc = ctypes.CDLL(None, use_errno=True)
    ABSOLUTE, BOOT = 1, 7
    timer = libc.timerfd_create(BOOT, 0)
    at = time.clock_gettime_ns(BOOT) + 20_000_000
    setting = Timer(Time(0, 0), Time(at // 1_000_000_000, at % 1_000_000_000))
    if libc.timerfd_settime(timer, ABSOLUTE, ctypes.byref(setting), None) != 0:
        raise OSError(ctypes.get_errno(), "timerfd_settime")
    ready, _, _ = select.select([timer], [], [], 30)
    print("rang" if ready else "silent")
    """
}
