import Foundation
import Safetensors

/// The small random BERT of `scripts/random_bert.py`, in a folder of its own.
enum RandomBert {
  static let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  struct ScriptFailed: Error { var status: Int32 }

  /// Writes the model (seed 7), lets `change` alter the folder, calls `body` and removes it.
  static func withDirectory<R>(
    change: (URL) throws -> Void = { _ in }, _ body: (URL) throws -> R
  ) throws -> R {
    let directory = try write()
    defer { try? FileManager.default.removeItem(at: directory) }
    try change(directory)
    return try body(directory)
  }

  /// The same for asynchronous tests.
  static func withDirectory<R>(_ body: (URL) async throws -> R) async throws -> R {
    let directory = try write()
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory)
  }

  private static func write() throws -> URL {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "nnlut-random-bert-\(UUID().uuidString)")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", repository.appending(path: "scripts/random_bert.py").path, directory.path,
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ScriptFailed(status: process.terminationStatus)
    }
    return directory
  }

  struct Tensor {
    var name: String
    var dtype: DType
    var shape: [Int]
    var floats: [Float]
  }

  /// Rewrites `model.safetensors` with changed tensors; those that become nil are left out.
  static func rewriteWeights(_ directory: URL, _ change: (Tensor) throws -> Tensor?) throws {
    let url = directory.appending(path: "model.safetensors")
    let file = try SafetensorsFile(contentsOf: url)
    var writer = SafetensorsWriter(metadata: file.metadata)
    for name in file.tensorNames {
      let view = try file.tensor(name)
      let tensor = Tensor(
        name: name, dtype: .f32, shape: view.shape, floats: try view.floats())
      guard let changed = try change(tensor) else { continue }
      try writer.add(
        name: changed.name, dtype: changed.dtype, shape: changed.shape,
        bytes: bytes(changed.floats, as: changed.dtype))
    }
    try writer.encoded().write(to: url, options: .atomic)
  }

  /// F32, or BF16 by cutting off the lower half.
  private static func bytes(_ floats: [Float], as dtype: DType) -> Data {
    var data = Data()
    for value in floats {
      if dtype == .bf16 {
        withUnsafeBytes(of: UInt16(value.bitPattern >> 16).littleEndian) {
          data.append(contentsOf: $0)
        }
      } else {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
    }
    return data
  }

  /// Replaces text in one of the model's small files.
  static func edit(_ directory: URL, _ file: String, _ old: String, _ new: String) throws {
    let url = directory.appending(path: file)
    let text = try String(contentsOf: url, encoding: .utf8)
    try text.replacing(old, with: new).write(to: url, atomically: true, encoding: .utf8)
  }
}
