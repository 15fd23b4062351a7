/// Metrics of one query, equal to those of trec_eval and BEIR (up to the order of tied documents).
enum RetrievalMetric: String, CaseIterable {
  case reciprocalRank10 = "mrr@10"
  case ndcg10 = "ndcg@10"
  case recall1 = "recall@1"
  case recall10 = "recall@10"
  case recall100 = "recall@100"

  /// - Parameters:
  ///   - grades: of the relevant documents, each at least 1.
  ///   - ranks: of the same documents, from 1; 0 for one that cannot be found.
  /// - Returns: in `0...1`; 0 for a query without relevant documents.
  func value(grades: [Int], ranks: [Int]) -> Double {
    switch self {
    case .reciprocalRank10:
      let best = ranks.filter { (1...10).contains($0) }.min()
      return best.map { 1 / Double($0) } ?? 0
    case .ndcg10: return Self.ndcg10(grades: grades, ranks: ranks)
    case .recall1: return Self.recall(ranks, at: 1)
    case .recall10: return Self.recall(ranks, at: 10)
    case .recall100: return Self.recall(ranks, at: 100)
    }
  }

  private static func recall(_ ranks: [Int], at cutoff: Int) -> Double {
    guard !ranks.isEmpty else { return 0 }
    return Double(ranks.count { (1...cutoff).contains($0) }) / Double(ranks.count)
  }

  /// Σ grade / log₂(rank + 1) over the first ten, divided by the same of the ideal order.
  private static func ndcg10(grades: [Int], ranks: [Int]) -> Double {
    var gains = [Int](repeating: 0, count: discounts.count)
    for (grade, rank) in zip(grades, ranks) where (1...discounts.count).contains(rank) {
      gains[rank - 1] = grade
    }
    let ideal = discounted(grades.sorted(by: >))
    return ideal > 0 ? discounted(gains) / ideal : 0
  }

  private static func discounted(_ gains: [Int]) -> Double {
    var sum = 0.0
    for (gain, discount) in zip(gains, discounts) { sum += Double(gain) / discount }
    return sum
  }

  /// log₂(2), log₂(3), … log₂(11), rounded to the nearest double: constants, so that no library's
  /// logarithm shows in a result's bytes.
  private static let discounts = [
    1, 1.584962500721156, 2, 2.321928094887362, 2.584962500721156, 2.807354922057604, 3,
    3.169925001442312, 3.321928094887362, 3.4594316186372973,
  ]
}
