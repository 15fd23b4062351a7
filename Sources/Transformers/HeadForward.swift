import CKernels
import Models

/// What follows the encoder, over the hidden states of one batch.
///
/// T = tokens of the batch, H = hidden size, R = width between the head's two layers,
/// N = outputs: labels, 2 for answers, the vocabulary.
struct HeadForward {
  /// Most numbers of words' scores that are in memory at once: 16 MiB.
  private static let scoreLimit = 1 << 22

  let model: ModelDescription
  let weights: HeadWeights
  let operators: ForwardOperators
  /// The head's first site.
  let site: Int
  /// The head's first linear input.
  let linear: Int

  /// One row of N outputs per sequence, from its first token's hidden state.
  func sequenceOutputs(_ batch: RaggedBatch) -> [[Float]] {
    let rows = batch.sequences.count
    var site = site
    var linear = linear
    var states = gather(batch.sequences.map(\.lowerBound))  // [rows, H]
    if let dense = weights.dense, case .dense(let activation) = model.classifier {
      let inner = FloatBuffer(count: rows * dense.outputs)  // [rows, R]
      let input = operators.linearInput(
        states.start, width: dense.inputs, rows: rows, &linear)
      operators.project(input, dense, into: inner.start, rows: rows)
      operators.activate(inner.start, bias: dense.bias, activation, site: &site, rows: rows)
      states = inner
    }
    let count = weights.output.outputs
    let outputs = FloatBuffer(count: rows * count)
    let input = operators.linearInput(
      states.start, width: weights.output.inputs, rows: rows, &linear)
    operators.projectWithBias(input, weights.output, into: outputs.start, rows: rows)
    return (0..<rows).map { row in
      Array(UnsafeBufferPointer(start: outputs.start + row * count, count: count))
    }
  }

  /// N outputs per token [T, N].
  func tokenOutputs(_ batch: RaggedBatch) -> FloatBuffer {
    let rows = batch.tokens.count
    let outputs = FloatBuffer(count: rows * weights.output.outputs)
    var linear = linear
    let input = operators.linearInput(
      operators.workspace.hidden.start, width: weights.output.inputs, rows: rows, &linear)
    operators.projectWithBias(input, weights.output, into: outputs.start, rows: rows)
    return outputs
  }

  /// What words are scored from, for some rows of the batch: [rows, R].
  func predictionStates(_ rows: [Int]) -> FloatBuffer {
    guard let dense = weights.dense, let norm = weights.norm, !rows.isEmpty else {
      return FloatBuffer(count: 0)
    }
    var site = site
    var linear = linear
    let states = gather(rows)  // [rows, H]
    let inner = FloatBuffer(count: rows.count * dense.outputs)
    let input = operators.linearInput(
      states.start, width: dense.inputs, rows: rows.count, &linear)
    operators.project(input, dense, into: inner.start, rows: rows.count)
    operators.activate(
      inner.start, bias: dense.bias, model.predictionActivation, site: &site, rows: rows.count)
    operators.normalize(
      inner.start, norm, epsilon: model.layerNormEpsilon, site: &site, rows: rows.count)
    return inner
  }

  /// Scores every word of the vocabulary at some rows of the batch.
  ///
  /// - Parameter body: receives, in order, the index into `rows` and the row's scores, which it may
  ///   change.
  func predictions(_ rows: [Int], body: (Int, UnsafeMutableBufferPointer<Float>) -> Void) {
    let states = predictionStates(rows)
    let words = weights.output.outputs
    let step = max(1, Self.scoreLimit / words)
    let scores = FloatBuffer(count: min(step, rows.count) * words)
    for first in stride(from: 0, to: rows.count, by: step) {
      let part = min(step, rows.count - first)
      operators.scoreWords(
        states.start + first * weights.output.inputs, weights.output, into: scores.start,
        rows: part)
      for row in 0..<part {
        body(
          first + row,
          UnsafeMutableBufferPointer(start: scores.start + row * words, count: words))
      }
    }
  }

  /// Hidden states of some rows, one after another: [rows, H].
  private func gather(_ rows: [Int]) -> FloatBuffer {
    let width = model.hiddenSize
    let states = FloatBuffer(count: rows.count * width)
    for (place, row) in rows.enumerated() {
      (states.start + place * width)
        .update(from: operators.workspace.hidden.start + row * width, count: width)
    }
    return states
  }
}
