import Foundation
import Testing

@testable import Transformers

@Suite("The fine-tuned MiniLM on SST-2")
struct SentimentTests {
  static let data = RandomBert.repository.deletingLastPathComponent().appending(path: "shared/data")
  static let model = data.appending(path: "models/minilm-l6-sst2")
  static let sentences = data.appending(path: "sst2/stsa.binary.test")

  private struct SentimentFixture: Decodable {
    var labels: String
    var logits: [[Float]]
  }

  @Test(
    "labels and logits of the first 200 test sentences",
    .enabled(
      if: [model.appending(path: "config.json"), sentences].allSatisfy {
        FileManager.default.fileExists(atPath: $0.path)
      }, "../shared/data has the model and the sentences"))
  func labels() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/sst2.json")
    let fixture = try JSONDecoder().decode(SentimentFixture.self, from: Data(contentsOf: url))
    let isWhole = ProcessInfo.processInfo.environment["NNLUT_WHOLE_SST2"] != nil
    let lines = try String(contentsOf: Self.sentences, encoding: .utf8).split(separator: "\n")
      .prefix(isWhole ? .max : 200)
    // The reference cuts at 96 tokens, which none of these sentences has.
    let model = try TextModel(directory: Self.model)
    let logits = try model.logits(
      lines.map { (String($0.dropFirst(2)), nil) }, nonlinearities: .exact(model.description))
    let labels = logits.map { $0[0] >= $0[1] ? "0" : "1" }
    #expect(labels.prefix(200).joined() == fixture.labels)
    let worst = zip(logits, fixture.logits).map { largestDifference($0, $1) }.max()
    #expect(try #require(worst) < 2e-5)
    if isWhole {
      let right = zip(labels, lines).count { $0 == String($1.prefix(1)) }
      print("SST-2: \(right) of \(lines.count), accuracy \(Double(right) / Double(lines.count))")
    }
  }
}
