import Evaluation
import Jobs
import Models
import Transformers

/// A model with what stands at its sites, ready for an evaluation's inputs.
struct ModelRun {
  let model: TextModel
  let nonlinearities: Nonlinearities

  /// One row for each input of `range`, in order. Equal ranges give equal bits.
  /// - Throws: `TaskFailure` when an input is not of the kind that the data set says, and what
  ///   `progress` throws.
  func rows(
    of dataset: any EvaluationDataset, _ range: Range<Int>, progress: (Double) throws -> Void
  ) throws -> OutputRows {
    let inputs = range.map { dataset.input(at: $0) }
    switch dataset.outputKind {
    case .embedding:
      let texts = try inputs.map { input in
        guard case .text(let text) = input else { throw Self.misfit(input, "a text") }
        return text
      }
      let values = try model.embed(texts, nonlinearities: nonlinearities, progress: progress)
      return try OutputRows(
        lengths: Array(repeating: model.dimensions, count: texts.count), values: values)
    case .logits:
      let pairs = try inputs.map { input in
        switch input {
        case .text(let text): (text, String?.none)
        case .pair(let first, let second): (first, String?.some(second))
        default: throw Self.misfit(input, "a text or a pair of texts")
        }
      }
      return try OutputRows(
        rows: model.logits(pairs, nonlinearities: nonlinearities, progress: progress))
    case .wordLogits:
      let sentences = try inputs.map { input in
        guard case .words(let words) = input else { throw Self.misfit(input, "words") }
        return words
      }
      return try OutputRows(
        rows: model.wordLogits(sentences, nonlinearities: nonlinearities, progress: progress))
    case .answer:
      let questions = try inputs.map { input in
        guard case .question(let question, let context) = input else {
          throw Self.misfit(input, "a question")
        }
        return (question: question, context: context)
      }
      let answers = try model.answers(
        questions, nonlinearities: nonlinearities, progress: progress)
      return try OutputRows(
        rows: answers.map { [Float($0.lower), Float($0.upper), $0.score, $0.nullScore] })
    case .maskedTokens:
      let texts = try inputs.map { input in
        guard case .masked(let text) = input else { throw Self.misfit(input, "a text to mask") }
        return text
      }
      let tokens = try model.maskedTokens(
        texts, seed: Self.maskingSeed, nonlinearities: nonlinearities, progress: progress)
      return try OutputRows(
        rows: tokens.map { $0.flatMap { [$0.negativeLogLikelihood, $0.isTop ? 1 : 0] } })
    }
  }

  /// Which tokens are masked; the same ones for every model, so that numbers can be compared.
  static let maskingSeed: UInt64 = 1

  private static func misfit(_ input: EvaluationInput, _ wanted: String) -> TaskFailure {
    .badInput("an evaluation's input is \(input), which is not \(wanted); check the data set")
  }
}

extension OutputRows {
  init(rows: [[Float]]) throws {
    try self.init(lengths: rows.map(\.count), values: rows.flatMap(\.self))
  }
}

extension ModelHead {
  /// Whether this head gives what an evaluation needs.
  func gives(_ kind: ModelOutputKind, for evaluation: EvaluationKind) -> Bool {
    switch (kind, self) {
    case (.embedding, _): true
    case (.logits, .sequenceClassification): evaluation == .classification
    case (.logits, .regression): evaluation == .regression
    case (.wordLogits, .tokenClassification): true
    case (.answer, .questionAnswering): true
    case (.maskedTokens, .maskedLanguageModel): true
    case (.logits, _), (.wordLogits, _), (.answer, _), (.maskedTokens, _): false
    }
  }
}
