import Evaluation
import Foundation
import Testing

@Suite struct McNemarTests {
  /// `scipy.stats.binomtest(a, a + b, 0.5).pvalue`
  @Test(arguments: [
    (0, 0, 1), (1, 1, 1), (0, 1, 1), (0, 5, 0.0625), (10, 3, 0.09228515625),
    (7, 19, 0.028959274291992188), (50, 90, 0.000913112874001578),
    (4900, 5200, 0.002926506228023293), (10100, 10000, 0.48499542904799237),
  ])
  func equalsTheBinomialTest(wins: Int, losses: Int, p: Double) throws {
    // Every item is of class 1; the variant is right on the first ones, the baseline on the others.
    let items = max(1, wins + losses)
    let lines = (0..<items).map { "1\ttext \($0)\n" }.joined()
    let folder = try TemporaryFolder(["dev.tsv": lines])
    let dataset = try ClassificationDataset(
      directory: folder.url, options: EvaluationOptions(labels: ["no", "yes"]))
    func predictions(_ right: Range<Int>) -> Predictions {
      .classification(
        scores: (0..<items).map { right.contains($0) || wins + losses == 0 ? [0, 1] : [1, 0] })
    }
    let difference = try dataset.difference(
      metric: "accuracy", split: "dev", variant: predictions(0..<wins),
      baseline: predictions(wins..<items), resamples: 1, seed: 1)
    let found = try #require(difference.mcNemar)
    #expect(abs(found / p - 1) < 1e-11, "\(found), not \(p)")
    #expect(difference.flips == wins + losses)
  }
}
