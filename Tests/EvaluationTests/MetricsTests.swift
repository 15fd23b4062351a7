import Evaluation
import Foundation
import Testing

/// Metrics, intervals and McNemar's p equal those of pytrec_eval, scipy, scikit-learn, seqeval, NumPy
/// and SQuAD's definition.
@Suite struct MetricsTests {
  /// Embeddings are normalised in float32 here and in float64 there; other outputs come as they are.
  @Test(arguments: [
    ("retrieval", "retrieval", 1e-6), ("similarity", "similarity", 1e-6),
    ("two-classes", "classification", 1e-12), ("four-classes", "classification", 1e-12),
    ("acceptability", "classification", 1e-12), ("inference", "classification", 1e-12),
    ("regression", "regression", 1e-12), ("entities", "token-classification", 1e-12),
    ("questions", "question-answering", 1e-12), ("questions2", "question-answering", 1e-12),
    ("masked", "masked-language-modelling", 1e-12),
  ])
  func equalTheReference(name: String, kind: String, tolerance: Double) throws {
    let fixture = try Fixture.read(name)
    let dataset = try fixture.dataset(name, kind: kind)
    #expect(Set(dataset.splits.keys) == Set(fixture.expected.keys))
    let baselineRows = try Fixture.rows(dataset, fixture.embeddings)
    let variantRows = try Fixture.rows(dataset, fixture.variant)
    for (split, expected) in fixture.expected {
      let baseline = try dataset.predictions(split: split, outputs: baselineRows)
      let variant = try dataset.predictions(split: split, outputs: variantRows)
      #expect(baseline.count == dataset.splits[split])
      let metrics = try dataset.metrics(split: split, baseline)
      #expect(Set(metrics.keys) == Set(dataset.metricNames))
      #expect(Set(metrics.keys) == Set(expected.metrics.keys))
      for (metric, value) in expected.metrics {
        let found = try #require(metrics[metric])
        #expect(abs(found - value) < tolerance, "\(split) \(metric): \(found), not \(value)")
        let wanted = try #require(expected.differences[metric])
        let difference = try dataset.difference(
          metric: metric, split: split, variant: variant, baseline: baseline, resamples: 200,
          seed: 42)
        #expect(abs(difference.difference - wanted.difference) < tolerance, "\(metric)")
        #expect(abs(difference.lower - wanted.lower) < tolerance, "\(metric)")
        #expect(abs(difference.upper - wanted.upper) < tolerance, "\(metric)")
        #expect(difference.flips == wanted.flips && difference.items == wanted.items, "\(metric)")
        #expect((difference.mcNemar == nil) == (wanted.mcNemar == nil), "\(metric)")
        if let found = difference.mcNemar, let p = wanted.mcNemar {
          #expect(abs(found - p) < 1e-13 && p < 1, "\(found), not \(p)")
        }
      }
    }
  }

  @Test func aModelDoesNotDifferFromItself() throws {
    let fixture = try Fixture.read("similarity")
    let dataset = try SimilarityDataset(
      directory: Fixture.folder.appendingPathComponent("similarity"))
    let predictions = try dataset.predictions(
      split: "test", outputs: Fixture.rows(dataset, fixture.embeddings))
    let difference = try dataset.difference(
      metric: "spearman", split: "test", variant: predictions, baseline: predictions,
      resamples: 50, seed: 1)
    #expect(difference == PairedDifference(difference: 0, lower: 0, upper: 0, flips: 0, items: 60))
  }

  @Test func predictionsSurviveJSON() throws {
    let fixture = try Fixture.read("retrieval")
    let dataset = try RetrievalDataset(
      directory: Fixture.folder.appendingPathComponent("retrieval"))
    let predictions = try dataset.predictions(
      split: "test", outputs: Fixture.rows(dataset, fixture.embeddings))
    let copy = try JSONDecoder().decode(Predictions.self, from: JSONEncoder().encode(predictions))
    #expect(copy == predictions)
  }

  @Test func tiedDocumentsRankInCorpusOrder() throws {
    let folder = try TemporaryFolder([
      "corpus.jsonl": #"{"_id":"b","text":"x"}"# + "\n" + #"{"_id":"a","text":"x"}"# + "\n",
      "queries.jsonl": #"{"_id":"q","text":"y"}"# + "\n",
      "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\ta\t1\n",
    ])
    let dataset = try RetrievalDataset(directory: folder.url)
    #expect(dataset.texts == ["x", "y"])
    let matrix = try EmbeddingMatrix(rows: 2, columns: 2, values: [1, 0, 1, 1])
    let predictions = try dataset.predictions(split: "test", embeddings: matrix)
    #expect(predictions == .retrieval(ranks: [[2]], top: [0]))
  }

  @Test func aConstantSideHasNoCorrelation() throws {
    let folder = try TemporaryFolder(["test.csv": "a,b,1\na,c,1\n"])
    let dataset = try SimilarityDataset(directory: folder.url)
    let metrics = try dataset.metrics(split: "test", .similarity(cosines: [0.1, 0.2]))
    #expect(metrics == ["spearman": 0, "pearson": 0])
  }

  @Test func retrievalIsFast() throws {
    let corpus = (0..<4000).map { #"{"_id":"d\#($0)","text":"d\#($0)"}"# + "\n" }.joined()
    let queries = (0..<2000).map { #"{"_id":"q\#($0)","text":"q\#($0)"}"# + "\n" }.joined()
    let qrels = (0..<2000).map { "q\($0)\td\($0)\t1\n" }.joined()
    let folder = try TemporaryFolder([
      "corpus.jsonl": corpus, "queries.jsonl": queries,
      "qrels/test.tsv": "query-id\tcorpus-id\tscore\n" + qrels,
    ])
    let dataset = try RetrievalDataset(directory: folder.url)
    let values = (0..<6000 * 384).map { Float(($0 &* 7919) % 1009) - 504 }
    let matrix = try EmbeddingMatrix(rows: 6000, columns: 384, values: values)
    let clock = ContinuousClock()
    var count = 0
    let duration = try clock.measure {
      count = try dataset.predictions(split: "test", embeddings: matrix).count
    }
    #expect(count == 2000)
    // A second on a quiet core; this is to notice a lost optimisation, not to measure.
    #expect(duration < .seconds(30), "\(duration)")
  }
}
