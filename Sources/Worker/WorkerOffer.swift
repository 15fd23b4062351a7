import Foundation

/// What a worker tells the coordinator that it has.
enum WorkerOffer {
  /// Programs that some tasks use when they are there; `tool=NAME` is offered for each.
  private static let tools = ["yosys", "sta", "iverilog", "verilator"]

  static func labels(beside given: [String]) -> [String] {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let found = tools.filter { tool in
      path.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
    }
    return Set(given + found.map { "tool=\($0)" }).sorted()
  }

  /// The machine's memory, shared evenly by the slots.
  static func memoryMiB(slots: Int) -> Int {
    Int(ProcessInfo.processInfo.physicalMemory >> 20) / max(slots, 1)
  }
}
