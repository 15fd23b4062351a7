import Evaluation
import Foundation
import Testing
import Transformers

/// The real model on real data, where set-up (the model) and a developer (the data) have put them.
@Suite struct RealModelTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let model = root.appending(path: ".cache/models/all-MiniLM-L6-v2")
  private static let similarity = root.appending(path: "../shared/data/stsb").standardizedFileURL
  private static let isHere = [model, similarity].allSatisfy {
    FileManager.default.fileExists(atPath: $0.path)
  }

  /// DESIGN §6: Spearman 0.82032, Pearson 0.82741 with `transformers`, float32.
  @Test(.enabled(if: isHere)) func similarityIsThatOfTheReference() throws {
    let encoder = try SentenceEncoder(directory: Self.model)
    let data = try EvaluationDatasets.loadDataset(
      kind: "similarity", directory: Self.similarity)
    let values = try encoder.embed(
      data.texts, nonlinearities: .exact(encoder.description), progress: { _ in })
    let embeddings = try EmbeddingMatrix(
      rows: data.texts.count, columns: encoder.dimensions, values: values)
    let metrics = try data.metrics(
      split: "test", try data.predictions(split: "test", embeddings: embeddings))
    #expect(abs(try #require(metrics["spearman"]) - 0.82032) <= 0.0005)
    #expect(abs(try #require(metrics["pearson"]) - 0.82741) <= 0.0005)
  }
}
