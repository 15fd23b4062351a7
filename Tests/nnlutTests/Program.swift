import Foundation

/// The built program, run as a user runs it.
struct Program {
  /// Environment beside the inherited one.
  var environment: [String: String] = [:]

  struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    func json<Value: Decodable>(_ type: Value.Type, decoder: JSONDecoder = JSONDecoder()) throws
      -> Value
    {
      try decoder.decode(type, from: Data(output.utf8))
    }
  }

  /// `.build/release/nnlut` of this checkout, or `NNLUT_BINARY`.
  static let binary: URL = {
    if let path = ProcessInfo.processInfo.environment["NNLUT_BINARY"] {
      return URL(fileURLWithPath: path)
    }
    return root.appending(path: ".build/release/nnlut")
  }()

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Starts it without waiting. Output goes to `output`'s pipes.
  func start(_ arguments: [String], output: Pipe? = nil, errors: Pipe? = nil) throws -> Process {
    let process = Process()
    process.executableURL = Self.binary
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output ?? FileHandle.nullDevice
    process.standardError = errors ?? FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Runs it to its end on a thread of its own.
  func run(_ arguments: String...) async throws -> Outcome {
    try await run(arguments)
  }

  func run(_ arguments: [String]) async throws -> Outcome {
    let output = Pipe()
    let errors = Pipe()
    let process = try start(arguments, output: output, errors: errors)
    async let text = Self.all(output)
    async let complaints = Self.all(errors)
    let outcome = await (text, complaints)
    await withCheckedContinuation { continuation in
      Thread {
        process.waitUntilExit()
        continuation.resume()
      }.start()
    }
    return Outcome(
      status: process.terminationStatus, output: outcome.0, errors: outcome.1)
  }

  private static func all(_ pipe: Pipe) async -> String {
    let handle = pipe.fileHandleForReading
    return await withCheckedContinuation { continuation in
      Thread {
        let bytes = (try? handle.readToEnd()) ?? nil
        continuation.resume(returning: String(decoding: bytes ?? Data(), as: UTF8.self))
      }.start()
    }
  }
}
