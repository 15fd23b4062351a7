import Foundation
import Testing

/// A dozen of `make chaos`'s schedules, shorter: real processes, real faults.
@Suite struct ScheduleTests {
  @Test func aDozenSchedulesViolateNoInvariant() async throws {
    let process = Process()
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    process.executableURL = root.appending(path: ".build/release/ChaosHarness")
    process.arguments = ["--first", "1", "--seeds", "12", "--lanes", "3", "--scale", "0.2"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let reading = output.fileHandleForReading
    let text = await withCheckedContinuation { continuation in
      Thread {
        let bytes = (try? reading.readToEnd()) ?? nil
        process.waitUntilExit()
        continuation.resume(returning: String(decoding: bytes ?? Data(), as: UTF8.self))
      }.start()
    }
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains("violations: 0"), "\(text)")
  }
}
