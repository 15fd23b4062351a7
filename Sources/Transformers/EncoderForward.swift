import CKernels
import Models

/// The forward pass of a BERT encoder over one ragged batch.
///
/// T = tokens of the batch, L = tokens of one sequence, H = hidden size, D = head size,
/// F = intermediate size. Every matrix is row-major.
struct EncoderForward {
  let model: ModelDescription
  let weights: EncoderWeights
  let seam: SiteSeam
  let workspace: Workspace

  /// Leaves the last hidden states in `workspace.hidden` [T, H]. The batch must fit the workspace.
  func run(_ batch: RaggedBatch) {
    let tokens = batch.tokens.count
    var site = 0
    embed(batch)
    normalize(
      workspace.hidden, addend: nil, inputBias: nil, weights.embeddingNorm, site: &site,
      rows: tokens)
    for layer in weights.layers {
      attend(layer, batch, site: &site)
      feedForward(layer, rows: tokens, site: &site)
    }
  }

  /// hidden [T, H] = word + token type 0 + position.
  private func embed(_ batch: RaggedBatch) {
    let width = model.hiddenSize
    let type = weights.types.start  // [Y, H], row 0
    for sequence in batch.sequences {
      for row in sequence {
        let word = weights.words.start + Int(batch.tokens[row]) * width
        let position = weights.positions.start + (row - sequence.lowerBound) * width
        let hidden = workspace.hidden.start + row * width
        for column in 0..<width {
          hidden[column] = (word[column] + type[column]) + position[column]
        }
      }
    }
  }

  /// hidden = LayerNorm(hidden + attention(hidden) · Wᵀ + b).
  private func attend(_ layer: EncoderWeights.Layer, _ batch: RaggedBatch, site: inout Int) {
    let tokens = batch.tokens.count
    let width = model.hiddenSize
    // [T, H] · [3H, H]ᵀ → [T, 3H]: each row is a token's query, key and value, head by head.
    project(
      workspace.hidden, layer.queryKeyValue, into: workspace.queryKeyValue, rows: tokens,
      inputs: width, outputs: 3 * width)
    exact_add_bias(
      workspace.queryKeyValue.start, tokens, 3 * width, layer.queryKeyValue.bias.start)
    for sequence in batch.sequences {
      attendWithin(sequence, exp: site, reciprocal: site + 1)
    }
    site += 2
    // [T, H] · [H, H]ᵀ → [T, H]
    project(
      workspace.context, layer.attentionOutput, into: workspace.projected, rows: tokens,
      inputs: width, outputs: width)
    normalize(
      workspace.hidden, addend: workspace.projected, inputBias: layer.attentionOutput.bias,
      layer.attentionNorm, site: &site, rows: tokens)
  }

  /// context [L, H] = Softmax(Q · Kᵀ / √D) · V for each head of one sequence.
  private func attendWithin(_ sequence: Range<Int>, exp: Int, reciprocal: Int) {
    let length = sequence.count
    let square = length * length
    let width = model.hiddenSize
    let headSize = model.headSize
    let scale = 1 / Float(headSize).squareRoot()
    let rows = workspace.queryKeyValue.start + sequence.lowerBound * 3 * width  // [L, 3H]
    let context = workspace.context.start + sequence.lowerBound * width  // [L, H]
    let scores = workspace.scores.start  // [heads at once, L, L]
    let factors = workspace.rowFactors.start  // [heads at once, L]

    func part(_ index: Int, head: Int) -> Matrix {  // [L, D]: 0 = query, 1 = key, 2 = value
      Matrix(start: rows + index * width + head * headSize, stride: 3 * width)
    }

    let step = workspace.headsAtOnce(length: length, heads: model.heads)
    for first in stride(from: 0, to: model.heads, by: step) {
      let heads = first..<min(first + step, model.heads)
      let scoreRows = heads.count * length
      for head in heads {
        // [L, D] · [L, D]ᵀ → [L, L]
        multiply(
          part(0, head: head), transposed: part(1, head: head),
          into: MutableMatrix(start: scores + (head - first) * square, stride: length),
          rows: length, columns: length, inner: headSize, scale: scale)
      }
      exact_subtract_row_maximum(scores, scoreRows, length)
      seam.evaluate(exp, UnsafeMutableBufferPointer(start: scores, count: scoreRows * length))
      exact_row_sums(scores, scoreRows, length, factors)
      seam.evaluate(reciprocal, UnsafeMutableBufferPointer(start: factors, count: scoreRows))
      exact_scale_rows(scores, scoreRows, length, factors)
      for head in heads {
        // [L, L] · [L, D] → [L, D]
        multiply(
          Matrix(start: scores + (head - first) * square, stride: length), part(2, head: head),
          into: MutableMatrix(start: context + head * headSize, stride: width),
          rows: length, columns: headSize, inner: length)
      }
    }
  }

  /// hidden = LayerNorm(hidden + gelu(hidden · Wᵀ + b) · W'ᵀ + b').
  private func feedForward(_ layer: EncoderWeights.Layer, rows: Int, site: inout Int) {
    let width = model.hiddenSize
    let inner = model.intermediateSize
    // [T, H] · [F, H]ᵀ → [T, F]
    project(
      workspace.hidden, layer.intermediate, into: workspace.intermediate, rows: rows,
      inputs: width, outputs: inner)
    // Bias and function in one pass over memory: a tile stays in the cache between the two.
    let step = max(1, Workspace.intermediateTile / inner)
    for first in stride(from: 0, to: rows, by: step) {
      let tile = min(step, rows - first)
      let start = workspace.intermediate.start + first * inner  // [tile, F]
      exact_add_bias(start, tile, inner, layer.intermediate.bias.start)
      seam.evaluate(site, UnsafeMutableBufferPointer(start: start, count: tile * inner))
    }
    site += 1
    // [T, F] · [H, F]ᵀ → [T, H]
    project(
      workspace.intermediate, layer.output, into: workspace.projected, rows: rows, inputs: inner,
      outputs: width)
    normalize(
      workspace.hidden, addend: workspace.projected, inputBias: layer.output.bias,
      layer.outputNorm, site: &site, rows: rows)
  }

  /// result [rows, outputs] = input [rows, inputs] · weightᵀ, without the bias.
  private func project(
    _ input: FloatBuffer, _ linear: EncoderWeights.Linear, into result: FloatBuffer, rows: Int,
    inputs: Int, outputs: Int
  ) {
    multiply(
      Matrix(start: input.start, stride: inputs),
      transposed: Matrix(start: linear.weight.start, stride: inputs),
      into: MutableMatrix(start: result.start, stride: outputs),
      rows: rows, columns: outputs, inner: inputs)
  }

  /// values [rows, H] = LayerNorm(values + inputBias + addend), its rsqrt being the next site.
  private func normalize(
    _ values: FloatBuffer, addend: FloatBuffer?, inputBias: WeightTensor?,
    _ norm: EncoderWeights.LayerNorm, site: inout Int, rows: Int
  ) {
    let width = model.hiddenSize
    let factors = workspace.rowFactors.start  // [rows]
    exact_center_rows(
      values.start, rows, width, inputBias?.start, addend?.start, model.layerNormEpsilon, factors)
    seam.evaluate(site, UnsafeMutableBufferPointer(start: factors, count: rows))
    site += 1
    exact_affine_rows(values.start, rows, width, factors, norm.weight.start, norm.bias.start)
  }
}
