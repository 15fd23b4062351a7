/// The answers of one split, each compared with the truth, and what the official evaluation makes of
/// them (fractions, where that prints percent).
struct AnswerScores {
  enum Metric: String, CaseIterable {
    case exact, f1
    case hasAnswerExact = "hasans_exact"
    case hasAnswerF1 = "hasans_f1"
    case noAnswerExact = "noans_exact"
    case noAnswerF1 = "noans_f1"
    case bestExact = "best_exact"
    case bestF1 = "best_f1"

    /// Version 1 has questions with answers only.
    static let version1: [Metric] = [.exact, .f1]
  }

  /// One question.
  struct Judgement {
    var hasAnswer: Bool
    /// Of the best span that is not empty, as if it were the prediction.
    var exact: Double
    var f1: Double
    /// That span holds something.
    var isFilled: Bool
    /// Score of no answer less the span's: above 0 the model answers nothing.
    var nullDifference: Double

    var answersNothing: Bool { nullDifference > 0 }
    var finalExact: Double { answersNothing ? (hasAnswer ? 0 : 1) : exact }
    var finalF1: Double { answersNothing ? (hasAnswer ? 0 : 1) : f1 }
  }

  let judgements: [Judgement]
  /// By rising null difference.
  private let order: [Int]

  init(_ judgements: [Judgement]) {
    self.judgements = judgements
    order = judgements.indices.sorted {
      (judgements[$0].nullDifference, $0) < (judgements[$1].nullDifference, $1)
    }
  }

  /// The metric when question i is there `counts[i]` times; 0 without any question.
  func value(_ metric: Metric, counts: [Int]) -> Double {
    switch metric {
    case .exact: mean(counts) { $0.finalExact }
    case .f1: mean(counts) { $0.finalF1 }
    case .hasAnswerExact: mean(counts, hasAnswer: true) { $0.finalExact }
    case .hasAnswerF1: mean(counts, hasAnswer: true) { $0.finalF1 }
    case .noAnswerExact: mean(counts, hasAnswer: false) { $0.finalExact }
    case .noAnswerF1: mean(counts, hasAnswer: false) { $0.finalF1 }
    case .bestExact: best(counts) { $0.exact }
    case .bestF1: best(counts) { $0.f1 }
    }
  }

  /// - Parameter hasAnswer: counts only the questions that have an answer, or have none.
  private func mean(
    _ counts: [Int], hasAnswer: Bool? = nil, _ value: (Judgement) -> Double
  ) -> Double {
    var sum = 0.0
    var total = 0
    for (judgement, count) in zip(judgements, counts)
    where (hasAnswer ?? judgement.hasAnswer) == judgement.hasAnswer {
      sum += Double(count) * value(judgement)
      total += count
    }
    return total > 0 ? sum / Double(total) : 0
  }

  /// The mean at the threshold of the null difference that gives the most: from answering nothing
  /// at all, questions are answered one after the other in rising order.
  private func best(_ counts: [Int], _ value: (Judgement) -> Double) -> Double {
    var total = 0
    var current = 0.0
    for (judgement, count) in zip(judgements, counts) {
      total += count
      if !judgement.hasAnswer { current += Double(count) }
    }
    var best = current
    for index in order {
      let judgement = judgements[index]
      let gain = judgement.hasAnswer ? value(judgement) : (judgement.isFilled ? -1 : 0)
      current += Double(counts[index]) * gain
      best = max(best, current)
    }
    return total > 0 ? best / Double(total) : 0
  }
}
