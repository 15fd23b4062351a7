import Evaluation
import Foundation
import Jobs
import LookupTables
import Transformers

/// What tables do to a model's output, in the mean over a sample of calibration text: 1 − cos(output
/// with tables, exact output) of embeddings and of masked tokens' likelihoods, half the relative
/// squared distance of a head's logits.
struct OutputError {
  /// Of a text whose output is not a number or infinite: the most there is.
  static let worst = 2.0

  private let model: TextModel
  private let texts: [String]
  private let exact: [[Float]]

  /// Runs the exact model once.
  /// - Parameter progress: As of `TextModel.embed`.
  init(
    _ sample: OutputSample, model: TextModel, calibration: URL,
    progress: (Double) throws -> Void
  ) throws {
    self.model = model
    texts = try reading("calibration text") {
      let records = try TextRecords(contentsOf: calibration)
      let drawn = TextRecords.draw(samples: sample.samples, of: records.count, seed: sample.seed)
      return TextRecords.draw(samples: sample.texts, of: drawn.count, seed: sample.seed).map {
        let scalars = records[drawn[$0]].unicodeScalars.prefix(sample.characters)
        return String(String.UnicodeScalarView(scalars))
      }
    }
    exact = try Self.outputs(model, texts, .exact(model.description), progress)
    guard !texts.isEmpty else { throw TaskFailure.badInput("the calibration text is empty") }
    guard exact.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      let recorder = FiniteSitesRecorder(model.description)
      try model.record(texts, nonlinearities: .exact(model.description), recorder: recorder)
      throw TaskFailure.notFinite(recorder.fault)
    }
  }

  /// - Parameter tables: By site; the function is exact at all others.
  /// - Returns: In `0...2`.
  func mean(of tables: [String: LookupTable], progress: (Double) throws -> Void) throws -> Double {
    let replaced = try Self.outputs(
      model, texts, try Nonlinearities(model: model.description, tables: tables), progress)
    let distance = hasLogits ? Self.relativeDistance : Self.distance
    let sum = zip(replaced, exact).reduce(0.0) { $0 + distance($1.0[...], $1.1[...]) }
    return sum / Double(texts.count)
  }

  private var hasLogits: Bool {
    switch model.description.head {
    case .sequenceClassification, .regression: true
    case .none, .tokenClassification, .questionAnswering, .maskedLanguageModel: false
    }
  }

  /// One row for each text: what the model is for.
  private static func outputs(
    _ model: TextModel, _ texts: [String], _ nonlinearities: Nonlinearities,
    _ progress: (Double) throws -> Void
  ) throws -> [[Float]] {
    switch model.description.head {
    case .sequenceClassification, .regression:
      return try model.logits(
        texts.map { ($0, nil) }, nonlinearities: nonlinearities, progress: progress)
    case .maskedLanguageModel:
      return try model.maskedTokens(
        texts, seed: ModelRun.maskingSeed, nonlinearities: nonlinearities, progress: progress
      ).map { $0.map(\.negativeLogLikelihood) }
    case .none, .tokenClassification, .questionAnswering:
      // These heads are linear: no site lies behind the hidden states.
      let values = try model.embed(texts, nonlinearities: nonlinearities, progress: progress)
      return texts.indices.map {
        Array(values[$0 * model.dimensions..<($0 + 1) * model.dimensions])
      }
    }
  }

  /// |left − right|² / 2|right|²: in one dimension an angle says nothing.
  static func relativeDistance(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
    var squares = 0.0
    var length = 0.0
    for (a, b) in zip(left, right) {
      squares += (Double(a) - Double(b)) * (Double(a) - Double(b))
      length += Double(b) * Double(b)
    }
    guard squares.isFinite, length > 0 else { return squares == 0 ? 0 : worst }
    return min(squares / (2 * length), worst)
  }

  /// 1 − cos as |a/|a| − b/|b||² / 2, which does not cancel where they are close.
  static func distance(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
    func length(_ values: ArraySlice<Float>) -> Double {
      values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let lengths = (length(left), length(right))
    guard lengths.0.isFinite, lengths.1.isFinite else { return worst }
    // Zeros point nowhere.
    guard lengths.0 > 0, lengths.1 > 0 else { return lengths.0 == lengths.1 ? 0 : 1 }
    var squares = 0.0
    for (a, b) in zip(left, right) {
      let difference = Double(a) / lengths.0 - Double(b) / lengths.1
      squares += difference * difference
    }
    return min(squares / 2, worst)
  }
}

extension ExecutorContext {
  /// The sample and the exact model's output on it.
  /// - Parameter share: The part of the task's progress that this is worth.
  func outputError(_ sample: OutputSample, model: TextModel, share: Double) throws -> OutputError {
    let file = try materialize(sample.calibration, wanting: .file)
    return try OutputError(
      sample, model: model, calibration: file, progress: { try progress(share * $0) })
  }
}
