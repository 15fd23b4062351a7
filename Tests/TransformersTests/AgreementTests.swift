import Foundation
import Testing

@testable import Transformers

@Suite("Agreement with Hugging Face transformers")
struct AgreementTests {
  @Test("hidden states of ragged batches, lengths 1 to the maximum")
  func hiddenStates() throws {
    let fixture = try Fixture.load("random-bert.json")
    let sequences = try #require(fixture.sequences)
    try RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      #expect(sequences.map(\.tokens.count).max() == encoder.description.maximumPositions)
      let states = try encoder.hiddenStates(
        tokens: sequences.map(\.tokens), nonlinearities: .exact(encoder.description))
      for (state, sequence) in zip(states, sequences) {
        #expect(
          largestDifference(state, sequence.hidden) < 1e-5, "\(sequence.tokens.count) tokens")
      }
      #expect(states.count == sequences.count)
    }
  }

  @Test("a sequence has the same hidden states in any batch")
  func batching() throws {
    let fixture = try Fixture.load("random-bert.json")
    let tokens = try #require(fixture.sequences).map(\.tokens)
    try RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      let exact = Nonlinearities.exact(encoder.description)
      // Far more tokens than one batch holds.
      let many = (0..<30).flatMap { _ in tokens }
      let states = try encoder.hiddenStates(tokens: many, nonlinearities: exact)
      for (index, sequence) in tokens.enumerated() {
        let alone = try encoder.hiddenStates(tokens: [sequence], nonlinearities: exact)
        for round in [0, 15, 29] {
          #expect(largestDifference(states[round * tokens.count + index], alone[0]) < 1e-5)
        }
      }
    }
  }

  @Test("embeddings of texts, the empty and the cut one among them")
  func embeddings() throws {
    let fixture = try Fixture.load("random-bert.json")
    try RandomBert.withDirectory { directory in
      try expectEmbeddings(fixture.texts, of: try SentenceEncoder(directory: directory))
    }
  }

  static let miniLM = RandomBert.repository.appending(path: ".cache/models/all-MiniLM-L6-v2")

  @Test(
    "embeddings of the real MiniLM",
    .enabled(
      if: FileManager.default.fileExists(atPath: miniLM.appending(path: "config.json").path),
      "scripts/setup fetches the model"))
  func realModel() throws {
    let fixture = try Fixture.load("minilm.json")
    try expectEmbeddings(fixture.texts, of: try SentenceEncoder(directory: Self.miniLM))
  }

  private func expectEmbeddings(_ texts: [Fixture.Text], of encoder: SentenceEncoder) throws {
    var reported: [Double] = []
    let embeddings = try encoder.embed(
      texts.map(\.text), nonlinearities: .exact(encoder.description)
    ) { reported.append($0) }
    #expect(embeddings.count == texts.count * encoder.dimensions)
    #expect(reported.last == 1 && reported == reported.sorted())
    for (row, text) in texts.enumerated() {
      let embedding = embeddings.dropFirst(row * encoder.dimensions).prefix(encoder.dimensions)
      #expect(largestDifference(embedding, text.embedding) < 1e-5, "\"\(text.text.prefix(40))\"")
    }
  }
}
