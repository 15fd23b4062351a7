import Foundation

/// Questions about a context, whose answers are spans of it or, in version 2, may be missing
/// (SQuAD; `QuestionAnsweringDataset+Reading.swift`).
public struct QuestionAnsweringDataset: EvaluationDataset {
  struct Split: Sendable {
    /// Rows of the questions.
    var rows: [Int32] = []
    var contexts: [TextSpan] = []
    /// The answers of all questions, and where each question's begin (and the last one's end).
    var answers: [TextSpan] = []
    var starts: [Int] = [0]
    /// Questions may have no answer.
    var isVersion2 = false

    func answers(to question: Int) -> ArraySlice<TextSpan> {
      answers[starts[question]..<starts[question + 1]]
    }
  }

  private let inputs: StoredInputs
  private let items: [String: Split]

  public var count: Int { inputs.count }
  public var outputKind: ModelOutputKind { .answer }
  public var splits: [String: Int] { items.mapValues(\.rows.count) }

  /// Those of version 2 also when only one of the splits has questions without an answer.
  public var metricNames: [String] { metrics.map(\.rawValue) }

  private var metrics: [AnswerScores.Metric] {
    items.values.contains(where: \.isVersion2)
      ? AnswerScores.Metric.allCases : AnswerScores.Metric.version1
  }

  public func input(at index: Int) -> EvaluationInput { inputs.input(at: index) }

  /// - Throws: `EvaluationError` with file, line and JSON path of what is malformed.
  public init(directory: URL) throws {
    (inputs, items) = try Self.read(directory)
  }

  public func rows(of split: String) throws -> [Int32] { try items(of: split).rows }

  public func predictions(split: String, outputs: OutputRows) throws -> Predictions {
    let items = try items(of: split)
    try EvaluationDatasets.checkRows(outputs, inputs: count)
    return .answers(
      try items.rows.map { index in
        let row = Array(try outputs.row(Int(index)))
        guard row.count == 4, let lower = Int(exactly: row[0]), let upper = Int(exactly: row[1])
        else {
          throw EvaluationError(
            problem: "the model's answer is no span with two scores",
            remedy: "pass first byte, end, score and score of no answer for each question")
        }
        return Predictions.Answer(lower: lower, upper: upper, score: row[2], nullScore: row[3])
      })
  }

  /// Exact match and F1 over all questions; in version 2, where a question is answered unless the
  /// score of no answer is greater, also over those that have an answer and those that have none,
  /// and at the best threshold.
  public func metrics(split: String, _ predictions: Predictions) throws -> [String: Double] {
    let scores = try scores(predictions, split: split).scores
    let once = [Int](repeating: 1, count: scores.judgements.count)
    return Dictionary(
      uniqueKeysWithValues: metrics.map { ($0.rawValue, scores.value($0, counts: once)) })
  }

  /// A question flips when the text that answers it changes.
  public func difference(
    metric name: String, split: String, variant: Predictions, baseline: Predictions,
    resamples: Int, seed: UInt64
  ) throws -> PairedDifference {
    guard let metric = metrics.first(where: { $0.rawValue == name }) else {
      throw EvaluationDatasets.unknownMetric(name, known: metricNames)
    }
    let (scores, texts) = try scores(variant, split: split)
    let (baselineScores, baselineTexts) = try self.scores(baseline, split: split)
    func difference(_ counts: [Int]) -> Double {
      scores.value(metric, counts: counts) - baselineScores.value(metric, counts: counts)
    }
    let (lower, upper) = try PairedBootstrap(resamples: resamples, seed: seed).interval(
      items: texts.count, difference: difference)
    func isRight(_ scores: AnswerScores) -> [Bool] { scores.judgements.map { $0.finalExact > 0 } }
    return PairedDifference(
      difference: difference([Int](repeating: 1, count: texts.count)), lower: lower, upper: upper,
      flips: zip(texts, baselineTexts).count { !$0.utf8.elementsEqual($1.utf8) },
      items: texts.count,
      mcNemar: metric == .exact
        ? McNemar.p(variant: isRight(scores), baseline: isRight(baselineScores)) : nil)
  }

  private func items(of split: String) throws -> Split {
    guard let items = items[split] else {
      throw EvaluationDatasets.unknownSplit(split, known: items.keys)
    }
    return items
  }

  /// The answers compared with the truth, and the text that answers each question.
  private func scores(_ predictions: Predictions, split: String) throws
    -> (scores: AnswerScores, texts: [String])
  {
    let items = try items(of: split)
    func misfit() -> EvaluationError {
      EvaluationDatasets.misfit(predictions, kind: "question answering", items: items.rows.count)
    }
    guard case .answers(let answers) = predictions, answers.count == items.rows.count else {
      throw misfit()
    }
    var texts: [String] = []
    var judgements: [AnswerScores.Judgement] = []
    for (question, answer) in answers.enumerated() {
      guard answer.score.isFinite, answer.nullScore.isFinite,
        let text = Self.text(of: answer, in: inputs.text(items.contexts[question]))
      else { throw misfit() }
      let judgement = judge(
        text, items.answers(to: question).map(inputs.text), isVersion2: items.isVersion2,
        nullDifference: Double(answer.nullScore) - Double(answer.score))
      judgements.append(judgement)
      texts.append(judgement.answersNothing ? "" : text)
    }
    return (AnswerScores(judgements), texts)
  }

  /// The span's text; nil when it is not inside the context or cuts a character.
  private static func text(of answer: Predictions.Answer, in context: String) -> String? {
    let bytes = context.utf8
    guard 0 <= answer.lower, answer.lower <= answer.upper, answer.upper <= bytes.count else {
      return nil
    }
    let lower = bytes.index(bytes.startIndex, offsetBy: answer.lower)
    return String(bytes[lower..<bytes.index(lower, offsetBy: answer.upper - answer.lower)])
  }

  private func judge(
    _ text: String, _ truths: [String], isVersion2: Bool, nullDifference: Double
  ) -> AnswerScores.Judgement {
    let found = AnswerText(text)
    var meant = truths.map { AnswerText($0) }
    if isVersion2 {
      meant.removeAll { $0.words.isEmpty }
      if meant.isEmpty { meant = [AnswerText("")] }
    }
    return AnswerScores.Judgement(
      hasAnswer: !truths.isEmpty, exact: meant.contains(found) ? 1 : 0,
      f1: meant.map { found.f1($0, emptyCounts: isVersion2) }.max() ?? 0,
      isFilled: !text.isEmpty, nullDifference: isVersion2 ? nullDifference : -1)
  }
}
