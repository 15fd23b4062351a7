import Foundation

/// A small BERT with random weights, as `scripts/random_bert.py` writes it: the same bytes every
/// time.
public enum RandomBERT {
  private static let folder = Task { try write() }

  /// A Hugging Face model directory, written once a test run. Do not change what is in it.
  /// - Throws: ``TestSupportError`` with what the script said.
  public static func directory() async throws -> URL { try await folder.value }

  private static func write() throws -> URL {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "nnlut-random-bert-\(ProcessInfo.processInfo.processIdentifier)")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", root.appending(path: "scripts/random_bert.py").path, folder.path,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = (try output.fileHandleForReading.readToEnd()).map {
      String(decoding: $0, as: UTF8.self)
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw TestSupportError("scripts/random_bert.py failed: \(text ?? "")")
    }
    return folder
  }
}

public struct TestSupportError: Error, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
