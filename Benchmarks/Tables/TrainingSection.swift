import Approximation
import Foundation
import LookupTables

/// Steps per second of the paper's training, beside the same loop in PyTorch; the two take turns.
struct TrainingSection {
  /// A Python with torch; nil leaves the section out.
  let python: String?

  func run() throws -> String {
    guard let python else {
      return "Left out: no Python with torch was given (`make bench-tables` installs one)."
    }
    var ours: [Double] = []
    var peers: [Double] = []
    for _ in 0..<5 {
      ours.append(try Self.ownStepsPerSecond())
      peers.append(try Self.peerStepsPerSecond(python))
    }
    let own = ours.sorted()[2]
    let peer = peers.sorted()[2]
    var table = MarkdownTable(["training, 15 neurons, batch 512", "steps per second"])
    table.add(["nnlut, recipe paper, one thread", significant(own)])
    table.add(["PyTorch, one thread", significant(peer)])
    table.add(["ratio of medians (of 5, taking turns)", significant(own / peer)])
    return table.printed()
  }

  /// From the end of the first epoch to the end of the last, as for the peer: the samples have been
  /// drawn.
  private static func ownStepsPerSecond() throws -> Double {
    var request = FitRequest(
      function: .gelu, approximator: .nnLUT(.paper), entries: 16, format: .fp32, domain: -5...5,
      seed: 1)
    request.wantsCertificate = false
    let epochs = 200
    // The full batches of 512 among 100 000 samples.
    let stepsPerEpoch = 100_000 / 512
    // The fit tells its progress at its start and after each epoch; then it rounds and measures.
    var times: [ContinuousClock.Instant] = []
    let _ = try request.fit { _ in times.append(.now) }
    guard times.count > epochs else {
      throw BenchmarkError(problem: "the recipe told no progress after some of its epochs")
    }
    return Double((epochs - 1) * stepsPerEpoch) / ((times[epochs] - times[1]) / .seconds(1))
  }

  private static func peerStepsPerSecond(_ python: String) throws -> Double {
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["Benchmarks/Tables/paper_training_peer.py"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    guard process.terminationStatus == 0, let value = Double(text) else {
      throw BenchmarkError(problem: "\(python) Benchmarks/Tables/paper_training_peer.py failed")
    }
    return value
  }
}

struct BenchmarkError: Error, CustomStringConvertible {
  let problem: String
  var description: String { problem }
}
