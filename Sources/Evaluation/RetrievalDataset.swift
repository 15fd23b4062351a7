/// Queries, a corpus and relevance judgements (BEIR layout; `RetrievalDataset+Reading.swift`).
///
/// Every query is scored against the whole corpus by the cosine of embeddings. Documents with equal
/// cosines rank in corpus order. A document whose id is the query's own id is left out, as BEIR
/// does. A query's cosine with a document does not depend on the other queries.
public struct RetrievalDataset: EvaluationDataset {
  /// One judged document.
  struct Judgement: Hashable, Sendable {
    /// Index into the corpus.
    var document: Int
    /// At least 1.
    var grade: Int
  }

  struct Query: Sendable {
    /// Row of its text.
    var row: Int32
    /// The document that bears the query's id.
    var itself: Int?
    /// Relevant documents in corpus order.
    var relevant: [Judgement]
  }

  let inputs: StoredInputs
  /// Corpus index → row of its text.
  let documents: [Int32]
  let queries: [String: [Query]]

  public var splits: [String: Int] { queries.mapValues(\.count) }

  public var metricNames: [String] { RetrievalMetric.allCases.map(\.rawValue) }

  public var count: Int { inputs.count }

  public var outputKind: ModelOutputKind { .embedding }

  public func input(at index: Int) -> EvaluationInput { inputs.input(at: index) }

  init(inputs: StoredInputs, documents: [Int32], queries: [String: [Query]]) {
    self.inputs = inputs
    self.documents = documents
    self.queries = queries
  }

  func queries(of split: String) throws -> [Query] {
    guard let queries = queries[split] else {
      throw EvaluationDatasets.unknownSplit(split, known: queries.keys)
    }
    return queries
  }

  public func predictions(split: String, outputs: OutputRows) throws -> Predictions {
    let queries = try queries(of: split)
    try EvaluationDatasets.checkRows(outputs, inputs: count)
    let search = RetrievalSearch(try EmbeddingRows(outputs), documents: documents)
    var ranks: [[Int]] = []
    var top: [Int] = []
    try search.forEach(queries.map { Int($0.row) }) { index, scores in
      let query = queries[index]
      if let itself = query.itself { scores[itself] = -.infinity }
      ranks.append(query.relevant.map { rank(of: $0.document, itself: query.itself, in: scores) })
      top.append(indexOfMaximum(scores))
    }
    return .retrieval(ranks: ranks, top: top)
  }

  public func rows(of split: String) throws -> [Int32] {
    documents + (try queries(of: split)).map(\.row)
  }

  /// From 1; 0 for the query itself.
  private func rank(of document: Int, itself: Int?, in scores: [Float]) -> Int {
    if document == itself { return 0 }
    let score = scores[document]
    var rank = 1
    for index in scores.indices {
      if scores[index] > score || (scores[index] == score && index < document) { rank += 1 }
    }
    return rank
  }

  public func metrics(split: String, _ predictions: Predictions) throws -> [String: Double] {
    let (queries, ranks, _) = try checked(predictions, split: split)
    var metrics: [String: Double] = [:]
    for metric in RetrievalMetric.allCases {
      var sum = 0.0
      for (query, ranks) in zip(queries, ranks) {
        sum += metric.value(grades: query.relevant.map(\.grade), ranks: ranks)
      }
      metrics[metric.rawValue] = sum / Double(queries.count)
    }
    return metrics
  }

  public func difference(
    metric: String, split: String, variant: Predictions, baseline: Predictions, resamples: Int,
    seed: UInt64
  ) throws -> PairedDifference {
    guard let metric = RetrievalMetric(rawValue: metric) else {
      throw EvaluationDatasets.unknownMetric(metric, known: metricNames)
    }
    let (queries, ranks, top) = try checked(variant, split: split)
    let (_, baselineRanks, baselineTop) = try checked(baseline, split: split)
    let deltas = queries.indices.map { index in
      let grades = queries[index].relevant.map(\.grade)
      return metric.value(grades: grades, ranks: ranks[index])
        - metric.value(grades: grades, ranks: baselineRanks[index])
    }
    return try PairedBootstrap(resamples: resamples, seed: seed).meanDifference(
      deltas, flips: zip(top, baselineTop).count { $0 != $1 })
  }

  /// The parts of `predictions`, when they are of this split.
  private func checked(_ predictions: Predictions, split: String) throws
    -> (queries: [Query], ranks: [[Int]], top: [Int])
  {
    let queries = try queries(of: split)
    guard case .retrieval(let ranks, let top) = predictions, ranks.count == queries.count,
      top.count == queries.count,
      zip(ranks, queries).allSatisfy({ ranks, query in
        ranks.count == query.relevant.count
          && ranks.allSatisfy { (0...documents.count).contains($0) }
      })
    else {
      throw EvaluationDatasets.misfit(predictions, kind: "retrieval", items: queries.count)
    }
    return (queries, ranks, top)
  }
}
