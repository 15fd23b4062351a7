import ArgumentParser
import Foundation

@main
struct ChaosCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ChaosHarness",
    abstract: "Run seeded schedules of faults against a real cluster and check its history.",
    discussion: "A seed is replayed with --seed; make chaos runs 200.")

  @Option(help: "The first seed.") var first: UInt64 = 1
  @Option(help: "How many seeds, one after the other.") var seeds = 200
  @Option(help: "Just this one, as in an earlier run.") var seed: UInt64?
  @Option(help: "Schedules at the same time, 1 to 16; each has a server of its own.")
  var lanes = 2
  @Option(help: "tiny (made-up work), real (a small model's calibration); default: both.")
  var workload: Schedule.Workload?
  @Option(help: "Size of the jobs of made-up work, 0.1 to 4; 1: up to 800 tasks a job.")
  var scale = 1.0
  @Option(help: "The program under test; default: nnlut beside this one.") var program: String?
  @Option(help: "Keep logs and journals of schedules with violations here.") var keep: String?
  @Flag(help: "Print each schedule's faults.") var verbose = false

  func validate() throws {
    guard (1...16).contains(lanes) else { throw ValidationError("--lanes: write 1 to 16") }
    guard (0.1...4).contains(scale) else { throw ValidationError("--scale: write 0.1 to 4") }
    guard (1...100_000).contains(seeds) else {
      throw ValidationError("--seeds: write 1 to 100000")
    }
  }

  func run() async throws {
    if ProcessInfo.processInfo.environment[SimulatedWorker.journalVariable] != nil {
      return try await SimulatedWorker.run()
    }
    let harness = try Self.executable()
    let abilities = Abilities(
      smallDisks: PrivateMounts.areOurs(),
      falseClocks: FalseClock.isInstalled)
    let range = seed.map { $0...$0 } ?? first...(first + UInt64(seeds) - 1)
    let campaign = Campaign(
      seeds: range, lanes: seed == nil ? lanes : 1, workload: workload, scale: scale,
      setup: Deployment.Setup(
        program: program.map { URL(filePath: $0) }
          ?? harness.deletingLastPathComponent().appending(path: "nnlut"),
        harness: harness, abilities: abilities), keep: keep.map { URL(filePath: $0) },
      isVerbose: verbose || seed != nil)
    let isClean = try await campaign.run()
    if !isClean { throw ExitCode(1) }
  }

  private static func executable() throws -> URL {
    let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: path)
  }
}

extension Schedule.Workload: ExpressibleByArgument {}

/// A mount namespace of our own, so that small disks go with us however we end.
enum PrivateMounts {
  private static let mark = "NNLUT_CHAOS_MOUNTS"

  /// Starts this program again in a namespace of its own when that is allowed.
  /// - Returns: Whether we are in one.
  static func areOurs() -> Bool {
    if ProcessInfo.processInfo.environment[mark] != nil { return geteuid() == 0 }
    guard geteuid() == 0 else { return false }
    setenv(mark, "1", 1)
    var probe: [String?] = ["unshare", "-m", "--propagation", "private", "true"]
    guard spawnAndWait(probe.compactMap { $0 }) else {
      unsetenv(mark)
      return false
    }
    probe = ["unshare", "-m", "--propagation", "private"] + CommandLine.arguments
    let arguments = probe.map { $0.map { strdup($0) } } + [nil]
    execvp("unshare", arguments.map { $0 ?? nil })
    unsetenv(mark)
    return false
  }

  private static func spawnAndWait(_ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
