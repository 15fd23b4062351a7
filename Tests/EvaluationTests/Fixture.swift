import Evaluation
import Foundation
import Testing

/// The data sets and numbers that `scripts/fixtures_evaluation.py` wrote.
struct Fixture: Decodable {
  struct Split: Decodable {
    var metrics: [String: Double]
    var differences: [String: PairedDifference]
  }

  /// Text → embedding.
  var embeddings: [String: [Float]]
  var variant: [String: [Float]]
  /// Split → what pytrec_eval, scipy or scikit-learn says.
  var expected: [String: Split]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func read(_ name: String) throws -> Fixture {
    let file = folder.appendingPathComponent("\(name).json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }

  static func matrix(_ dataset: any EvaluationDataset, _ embeddings: [String: [Float]]) throws
    -> EmbeddingMatrix
  {
    let rows = try dataset.texts.map { try #require(embeddings[$0], "no embedding of \($0)") }
    return try EmbeddingMatrix(
      rows: rows.count, columns: rows.first?.count ?? 0, values: rows.flatMap(\.self))
  }
}

/// A folder that is removed when the test ends.
struct TemporaryFolder: ~Copyable {
  let url = FileManager.default.temporaryDirectory
    .appendingPathComponent("nnlut-evaluation-\(UUID().uuidString)")

  init(_ files: [String: String] = [:]) throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in files { try write(Data(text.utf8), to: name) }
  }

  func write(_ bytes: Data, to name: String) throws {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: file)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// The text of the error that `body` throws.
func message(_ body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
