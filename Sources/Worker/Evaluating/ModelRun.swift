import Evaluation
import Foundation
import Jobs
import Models
import Transformers

/// A model with what stands at its sites, ready for an evaluation's inputs.
struct ModelRun {
  let model: TextModel
  let nonlinearities: Nonlinearities

  /// One row for each input of `range`, in order. Equal ranges give equal bits.
  /// - Throws: `TaskFailure` when an input is not of the kind that the data set says, or when the
  ///   exact model's outputs are not finite (it names the site where that begins), and what `progress`
  ///   throws.
  func rows(
    of dataset: any EvaluationDataset, _ range: Range<Int>, progress: (Double) throws -> Void
  ) throws -> OutputRows {
    let rows = try rows(of: dataset, range, recorder: nil, progress: progress)
    guard isExact, !rows.isFinite else { return rows }
    for index in 0..<rows.count where try !rows.row(index).allSatisfy(\.isFinite) {
      let place = range.lowerBound + index
      let recorder = FiniteSitesRecorder(model.description)
      _ = try self.rows(of: dataset, place..<place + 1, recorder: recorder) { _ in }
      throw TaskFailure.notFinite(recorder.fault, text: "the evaluation's input \(place + 1)")
    }
    return rows
  }

  private var isExact: Bool {
    nonlinearities.operators.allSatisfy { if case .exact = $0 { true } else { false } }
  }

  private func rows(
    of dataset: any EvaluationDataset, _ range: Range<Int>, recorder: FiniteSitesRecorder?,
    progress: (Double) throws -> Void
  ) throws -> OutputRows {
    let inputs = range.map { dataset.input(at: $0) }
    switch dataset.outputKind {
    case .embedding:
      let texts = try inputs.map { input in
        guard case .text(let text) = input else { throw Self.misfit(input, "a text") }
        return text
      }
      let values = try model.embed(
        texts, nonlinearities: nonlinearities, recorder: recorder, progress: progress)
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
        rows: model.logits(
          pairs, nonlinearities: nonlinearities, recorder: recorder, progress: progress))
    case .wordLogits:
      let sentences = try inputs.map { input in
        guard case .words(let words) = input else { throw Self.misfit(input, "words") }
        return words
      }
      return try OutputRows(
        rows: model.wordLogits(
          sentences, nonlinearities: nonlinearities, recorder: recorder, progress: progress))
    case .answer:
      let questions = try inputs.map { input in
        guard case .question(let question, let context) = input else {
          throw Self.misfit(input, "a question")
        }
        return (question: question, context: context)
      }
      let answers = try model.answers(
        questions, nonlinearities: nonlinearities, recorder: recorder, progress: progress)
      return try OutputRows(
        rows: answers.map { [Float($0.lower), Float($0.upper), $0.score, $0.nullScore] })
    case .maskedTokens:
      let texts = try inputs.map { input in
        guard case .masked(let text) = input else { throw Self.misfit(input, "a text to mask") }
        return text
      }
      let tokens = try model.maskedTokens(
        texts, seed: Self.maskingSeed, nonlinearities: nonlinearities, recorder: recorder,
        progress: progress)
      return try OutputRows(
        rows: tokens.map { $0.flatMap { [$0.negativeLogLikelihood, $0.isTop ? 1 : 0] } })
    }
  }

  /// Runs the model on inputs, a shard of a job at a time, so that the numbers are those of a job.
  ///
  /// - Parameters:
  ///   - splits: Shards that none of them needs are left out.
  ///   - scratch: The folder for outputs that do not fit in memory.
  /// - Returns: A row for each input, all finite, and how many were not.
  /// - Throws: As ``rows(of:_:progress:)``, and `EvaluationError` when `scratch` is full.
  func outputs(
    of dataset: any EvaluationDataset, splits: [String], scratch: URL,
    progress: (Double) throws -> Void
  ) throws -> (rows: OutputRows, unusable: Int) {
    var needed = Set<Int>()
    for split in splits {
      for row in try dataset.rows(of: split) { needed.insert(Int(row) / JobPlan.evaluateShard) }
    }
    var collector = OutputCollector(dataset.outputKind, folder: scratch)
    var done = 0
    for start in stride(from: 0, to: dataset.count, by: JobPlan.evaluateShard) {
      let range = start..<min(start + JobPlan.evaluateShard, dataset.count)
      guard needed.contains(start / JobPlan.evaluateShard) else {
        collector.skip(range.count)
        continue
      }
      let rows = try rows(of: dataset, range) {
        try progress((Double(done) + $0) / Double(needed.count))
      }
      for row in 0..<rows.count { try collector.append(try rows.row(row)) }
      done += 1
    }
    let unusable = collector.unusable
    return (try collector.rows(), unusable)
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
