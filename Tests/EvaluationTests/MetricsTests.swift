import Evaluation
import Foundation
import Testing

/// Metrics and intervals equal those of pytrec_eval, scipy, scikit-learn and NumPy.
@Suite struct MetricsTests {
  private static let tolerance = 1e-6

  @Test(arguments: [
    ("retrieval", "retrieval"), ("similarity", "similarity"), ("two-classes", "classification"),
    ("four-classes", "classification"),
  ])
  func equalTheReference(name: String, kind: String) throws {
    let fixture = try Fixture.read(name)
    let dataset = try EvaluationDatasets.loadDataset(
      kind: kind, directory: Fixture.folder.appendingPathComponent(name))
    #expect(Set(dataset.splits.keys) == Set(fixture.expected.keys))
    let baselineMatrix = try Fixture.matrix(dataset, fixture.embeddings)
    let variantMatrix = try Fixture.matrix(dataset, fixture.variant)
    for (split, expected) in fixture.expected {
      let baseline = try dataset.predictions(split: split, embeddings: baselineMatrix)
      let variant = try dataset.predictions(split: split, embeddings: variantMatrix)
      #expect(baseline.count == dataset.splits[split])
      let metrics = try dataset.metrics(split: split, baseline)
      #expect(Set(metrics.keys) == Set(dataset.metricNames))
      #expect(Set(metrics.keys) == Set(expected.metrics.keys))
      for (metric, value) in expected.metrics {
        let found = try #require(metrics[metric])
        #expect(abs(found - value) < Self.tolerance, "\(split) \(metric): \(found), not \(value)")
        let wanted = try #require(expected.differences[metric])
        let difference = try dataset.difference(
          metric: metric, split: split, variant: variant, baseline: baseline, resamples: 200,
          seed: 42)
        #expect(abs(difference.difference - wanted.difference) < Self.tolerance, "\(metric)")
        #expect(abs(difference.lower - wanted.lower) < Self.tolerance, "\(metric)")
        #expect(abs(difference.upper - wanted.upper) < Self.tolerance, "\(metric)")
        #expect(difference.flips == wanted.flips && difference.items == wanted.items, "\(metric)")
      }
    }
  }

  @Test func aModelDoesNotDifferFromItself() throws {
    let fixture = try Fixture.read("similarity")
    let dataset = try SimilarityDataset(
      directory: Fixture.folder.appendingPathComponent("similarity"))
    let predictions = try dataset.predictions(
      split: "test", embeddings: Fixture.matrix(dataset, fixture.embeddings))
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
      split: "test", embeddings: Fixture.matrix(dataset, fixture.embeddings))
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
