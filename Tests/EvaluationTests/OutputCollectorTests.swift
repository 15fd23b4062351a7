import Foundation
import Testing

@testable import Evaluation

/// Outputs that do not fit in memory are judged as those that do.
@Suite struct OutputCollectorTests {
  private static let seed: UInt64 = 20_261_123

  private func embeddings(_ count: Int) -> [[Float]] {
    var generator = RandomGenerator(seed: Self.seed)
    return (0..<count).map { _ in
      (0..<24).map { _ in Float(Int(generator.next() % 2001)) / 1000 - 1 }
    }
  }

  private func collected(_ rows: [[Float]?], memoryLimit: Int) throws -> OutputRows {
    var collector = OutputCollector(
      .embedding, folder: FileManager.default.temporaryDirectory, memoryLimit: memoryLimit)
    for row in rows {
      if let row { try collector.append(row[...]) } else { collector.skip(1) }
    }
    return try collector.rows()
  }

  @Test(arguments: [1, 100, 1 << 20]) func rowsComeBackAsTheyWent(memoryLimit: Int) throws {
    let rows: [[Float]?] = embeddings(57) + [nil, [], [1.5], nil, [2, 3]]
    let outputs = try collected(rows, memoryLimit: memoryLimit)
    #expect(outputs.count == rows.count)
    for (index, row) in rows.enumerated() {
      #expect(outputs.length(of: index) == row?.count ?? 0)
      #expect(try Array(outputs.row(index)) == row ?? [])
    }
    #expect(
      try Array(outputs.values(of: 3..<61)) == rows[3..<61].compactMap(\.self).flatMap(\.self))
  }

  /// The corpus in another order than its embeddings, a document twice, queries in between.
  @Test func retrievalFromAFileIsThatFromMemory() throws {
    let texts = (0..<700).map { $0 % 90 == 0 ? "t0" : "t\($0)" }
    let corpus = texts.indices.map { #"{"_id":"d\#($0)","text":"\#(texts[$0])"}"# + "\n" }
    let queries = (0..<40).map { #"{"_id":"q\#($0)","text":"q\#($0)"}"# + "\n" }
    let relevant = (0..<40).map { "q\($0)\td\($0 * 17)\t1\n" }
    let folder = try TemporaryFolder([
      "corpus.jsonl": corpus.joined(), "queries.jsonl": queries.joined(),
      "qrels/test.tsv": "query-id\tcorpus-id\tscore\n" + relevant.joined(),
    ])
    let dataset = try RetrievalDataset(directory: folder.url)
    let rows = embeddings(dataset.count)
    let expected = try dataset.predictions(
      split: "test", outputs: collected(rows, memoryLimit: .max))
    #expect(
      try dataset.predictions(split: "test", outputs: collected(rows, memoryLimit: 50)) == expected)
    // Plainly: every query with every document.
    guard case .retrieval(let ranks, let top) = expected else {
      Issue.record("no retrieval")
      return
    }
    let units = rows.map { row -> [Float] in
      let norm = row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      return row.map { Float(Double($0) / norm) }
    }
    let place = Dictionary(
      dataset.texts.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for query in 0..<40 {
      let cosines = texts.map { text -> Float in
        guard let left = place["q\(query)"], let right = place[text] else { return .nan }
        return zip(units[left], units[right]).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let wanted = cosines[query * 17]
      let above = cosines.count { $0 > wanted + 1e-5 }
      let near = cosines.count { abs($0 - wanted) <= 1e-5 }
      #expect((above + 1...above + near).contains(ranks[query][0]))
      #expect(cosines[top[query]] >= (cosines.max() ?? 0) - 1e-5)
    }
  }

  @Test func whatASplitDoesNotNeedMayBeMissing() throws {
    let folder = try TemporaryFolder(["dev.csv": "a,b,1\nc,d,2\n", "test.csv": "e,f,1\ng,a,2\n"])
    let dataset = try SimilarityDataset(directory: folder.url)
    let rows = embeddings(dataset.count)
    let needed = Set(try dataset.rows(of: "test").map(Int.init))
    #expect(needed.count == 4 && dataset.count == 7)
    let some = try collected(
      rows.indices.map { needed.contains($0) ? rows[$0] : nil }, memoryLimit: 1)
    let all = try collected(rows, memoryLimit: 1)
    #expect(
      try dataset.predictions(split: "test", outputs: some)
        == dataset.predictions(split: "test", outputs: all))
    #expect(throws: EvaluationError.self) { try dataset.predictions(split: "dev", outputs: some) }
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() throws {
    let folder = URL(fileURLWithPath: "/dev/null/nowhere")
    var collector = OutputCollector(.logits, folder: folder, memoryLimit: 1)
    let error = #expect(throws: EvaluationError.self) { try collector.append([1, 2]) }
    #expect(error?.description.contains("/dev/null/nowhere") == true)
  }
}
