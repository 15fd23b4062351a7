import Evaluation
import Foundation
import Testing

/// The data sets and numbers that `scripts/fixtures_evaluation.py` wrote.
struct Fixture: Decodable {
  struct Split: Decodable {
    var metrics: [String: Double]
    var differences: [String: PairedDifference]
  }

  /// Of kinds that came with more than one data set: how to read it.
  var kind: String?
  var labels: [String]?
  var labelOrder: [String]?
  /// Input (parts with U+001F between them) → embedding, or another row of outputs.
  var embeddings: [String: [Float]]
  var variant: [String: [Float]]
  /// Split → what pytrec_eval, scipy, scikit-learn, seqeval or SQuAD's definition says.
  var expected: [String: Split]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func read(_ name: String) throws -> Fixture {
    let file = folder.appendingPathComponent("\(name).json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }

  /// The outputs in the order of the data set's inputs.
  static func rows(_ dataset: any EvaluationDataset, _ outputs: [String: [Float]]) throws
    -> OutputRows
  {
    let rows = try (0..<dataset.count).map { index in
      let key =
        switch dataset.input(at: index) {
        case .text(let text), .masked(let text): text
        case .pair(let first, let second), .question(let first, let second):
          first + "\u{1F}" + second
        case .words(let words): words.joined(separator: " ")
        }
      return try #require(outputs[key], "no output of \(key)")
    }
    return try OutputRows(lengths: rows.map(\.count), values: rows.flatMap(\.self))
  }

  func dataset(_ name: String, kind: String) throws -> any EvaluationDataset {
    try EvaluationDatasets.loadDataset(
      kind: kind, directory: Self.folder.appendingPathComponent(name),
      options: EvaluationOptions(labels: labels, labelOrder: labelOrder))
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
