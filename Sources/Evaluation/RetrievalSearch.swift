/// Queries against a whole corpus, in memory that does not grow with it: several queries at a time
/// while the documents pass by.
struct RetrievalSearch {
  /// At most so many cosines at a time.
  private static let scoreLimit = 4 << 20
  /// Documents that are read at once.
  private static let block = 256

  private let embeddings: EmbeddingRows
  /// Corpus index → row.
  private let documents: [Int32]
  /// Corpus indices in the order of their rows, which is that of the file.
  private let order: [Int]

  init(_ embeddings: EmbeddingRows, documents: [Int32]) {
    self.embeddings = embeddings
    self.documents = documents
    order = documents.indices.sorted { (documents[$0], $0) < (documents[$1], $1) }
  }

  /// Calls `body` for each query in order, with its cosine with every document in corpus order.
  /// - Throws: `EvaluationError` when an embedding is missing, and what `body` throws.
  func forEach(_ queries: [Int], _ body: (Int, inout [Float]) throws -> Void) throws {
    let group = max(1, Self.scoreLimit / max(1, documents.count))
    var start = 0
    while start < queries.count {
      let end = min(start + group, queries.count)
      var scores = try cosines(of: queries[start..<end])
      for index in start..<end { try body(index, &scores[index - start]) }
      start = end
    }
  }

  private func cosines(of queries: ArraySlice<Int>) throws -> [[Float]] {
    let columns = embeddings.columns
    let units = try queries.map(embeddings.unit)
    var scores = [[Float]](
      repeating: [Float](repeating: 0, count: documents.count), count: queries.count)
    var place = 0
    while place < order.count {
      let first = Int(documents[order[place]])
      var end = place
      var last = first
      // Only rows that follow each other: between others there may be inputs that were not run.
      while end < order.count, end - place < Self.block, Int(documents[order[end]]) <= last + 1 {
        last = Int(documents[order[end]])
        end += 1
      }
      let block = try embeddings.units(first..<last + 1)
      block.withUnsafeBytes { block in
        for (query, unit) in units.enumerated() {
          unit.withUnsafeBytes { unit in
            for index in order[place..<end] {
              let offset = (Int(documents[index]) - first) * columns * 4
              scores[query][index] = DotProduct.of(
                unit, UnsafeRawBufferPointer(rebasing: block[offset...]), columns: columns)
            }
          }
        }
      }
      place = end
    }
    return scores
  }
}
