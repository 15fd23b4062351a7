import Foundation

/// The ONNX Runtime process (`onnx_peer.py`): one JSON object a line each way.
final class OnnxPeer {
  struct Answer: Decodable {
    /// CPU seconds of the runs together.
    var seconds: Double?
    /// Sum of |hidden states| over real tokens.
    var sum: Double?
  }

  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private var rest = Data()

  init(python: String) throws {
    process.executableURL = URL(filePath: python)
    process.arguments = ["Benchmarks/Inference/onnx_peer.py"]
    process.standardInput = requests
    process.standardOutput = answers
    try process.run()
  }

  deinit { try? requests.fileHandleForWriting.close() }

  func makeRandomModel(_ folder: URL, _ sizes: [String: Int]) throws {
    var request: [String: Any] = sizes
    request["folder"] = folder.path
    request["seed"] = 1
    _ = try ask(["random": request])
  }

  func load(_ folder: URL) throws { _ = try ask(["model": folder.path]) }

  /// CPU seconds of one run of one padded batch, in the mean over `runs`.
  func run(_ tokens: [[Int32]], runs: Int = 1) throws -> (seconds: Double, sum: Double) {
    let answer = try ask(["tokens": tokens, "runs": runs])
    guard let seconds = answer.seconds, let sum = answer.sum else {
      throw BenchmarkError(problem: "onnx_peer.py gave no time")
    }
    return (seconds / Double(runs), sum)
  }

  private func ask(_ request: [String: Any]) throws -> Answer {
    var line = try JSONSerialization.data(withJSONObject: request)
    line.append(0x0A)
    try requests.fileHandleForWriting.write(contentsOf: line)
    while true {
      if let end = rest.firstIndex(of: 0x0A) {
        let answer = try JSONDecoder().decode(Answer.self, from: rest[..<end])
        rest = Data(rest[rest.index(after: end)...])
        return answer
      }
      let bytes = answers.fileHandleForReading.availableData
      guard !bytes.isEmpty else {
        throw BenchmarkError(problem: "onnx_peer.py ended; what it said is above")
      }
      rest += bytes
    }
  }
}

struct BenchmarkError: Error, CustomStringConvertible {
  let problem: String
  var description: String { problem }
}
