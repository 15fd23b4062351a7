import Foundation
import Safetensors

/// The small models of `scripts/fixture_families.py` and what `transformers` computes with them.
struct FamilyFixture: Decodable, Sendable {
  struct Tensor: Decodable {
    var name: String
    var shape: [Int]
  }

  struct Sequence: Decodable {
    var tokens: [Int32]
    var types: [Int32]?
    var hidden: [Float]
    var outputs: [Float]?
  }

  var name: String
  var config: String
  var tensors: [Tensor]
  var sequences: [Sequence]

  private struct Document: Decodable { var cases: [FamilyFixture] }

  static func all() throws -> [FamilyFixture] {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/families.json")
    return try JSONDecoder().decode(Document.self, from: Data(contentsOf: url)).cases
  }

  static func named(_ name: String) throws -> FamilyFixture {
    guard let fixture = try all().first(where: { $0.name == name }) else {
      throw NoSuchCase(name: name)
    }
    return fixture
  }

  struct NoSuchCase: Error { var name: String }

  /// Special tokens, letters and pieces: as many as the models have embeddings.
  static let vocabulary =
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    + "abcdefghijklmnopqrstuvwxyz".map { String($0) } + "abcdefghijklmnopq".map { "##\($0)" }

  /// Writes the model into a folder of its own, calls `body` and removes the folder.
  ///
  /// - Parameters:
  ///   - rename: the tensors' names in the file; nil leaves one out.
  ///   - parts: files among which the tensors are dealt out; 1 = `model.safetensors`.
  func withDirectory<R>(
    config: String? = nil, rename: (String) -> String? = { $0 }, parts: Int = 1,
    _ body: (URL) throws -> R
  ) throws -> R {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "nnlut-family-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data((config ?? self.config).utf8).write(to: directory.appending(path: "config.json"))
    try Data(Self.vocabulary.map { "\($0)\n" }.joined().utf8)
      .write(to: directory.appending(path: "vocab.txt"))
    var writers = (0..<parts).map { _ in SafetensorsWriter(metadata: ["format": "pt"]) }
    var map: [String: String] = [:]
    for (number, tensor) in tensors.enumerated() {
      guard let name = rename(tensor.name) else { continue }
      var bytes = Data()
      for value in Self.weights(tensor) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
      try writers[number % parts].add(name: name, dtype: .f32, shape: tensor.shape, bytes: bytes)
      map[name] = "model-\(number % parts).safetensors"
    }
    if parts == 1 {
      try writers[0].encoded().write(to: directory.appending(path: "model.safetensors"))
    } else {
      for (number, writer) in writers.enumerated() {
        try writer.encoded().write(to: directory.appending(path: "model-\(number).safetensors"))
      }
      try JSONEncoder().encode(["weight_map": map])
        .write(to: directory.appending(path: "model.safetensors.index.json"))
    }
    return try body(directory)
  }

  /// The same numbers as the script's `weights`.
  private static func weights(_ tensor: Tensor) -> [Float] {
    var start: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in tensor.name.utf8 { start = (start ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let mean = tensor.shape.count == 1 && tensor.name.hasSuffix("weight") ? 1.0 : 0.0
    let gain = tensor.name.hasPrefix("mobilebert.encoder") ? 0.8 : 1.9
    let spread =
      tensor.shape.count == 1
      ? 0.3
      : tensor.name.contains("embeddings.") ? 0.9 : gain / Double(tensor.shape[1]).squareRoot()
    return (0..<tensor.shape.reduce(1, *)).map { index in
      let unit = Double(mixed(start &+ UInt64(index)) >> 40) * 0x1p-23 - 1
      return Float(mean + spread * unit)
    }
  }

  /// The finaliser of SplitMix64.
  private static func mixed(_ number: UInt64) -> UInt64 {
    var number = number &+ 0x9E37_79B9_7F4A_7C15
    number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
    number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
    return number ^ (number >> 31)
  }
}
