import Models

/// The forward pass of a MobileBERT over one ragged batch: a wide residual stream with narrow
/// layers between.
///
/// T = tokens of the batch, L = tokens of one sequence, E = embedding size, H = hidden size,
/// I = width inside a layer, F = intermediate size. Every matrix is row-major.
struct MobileForward {
  /// ε of the norms to which `transformers` gives none.
  private static let standardEpsilon: Float = 1e-5

  let model: ModelDescription
  let bottlenecks: Bottlenecks
  let weights: MobileWeights
  let operators: ForwardOperators

  private var workspace: Workspace { operators.workspace }

  /// Leaves the last hidden states in `workspace.hidden` [T, H]. The batch must fit the workspace.
  func run(_ batch: RaggedBatch) {
    let tokens = batch.tokens.count
    let hidden = workspace.hidden.start  // [T, H]
    var site = 0
    var linear = 0
    embed(batch, linear: &linear)
    norm(hidden, weights.embeddingNorm, epsilon: Self.standardEpsilon, site: &site, rows: tokens)
    for layer in weights.layers {
      // The layer works on `inner` [T, I] in place: its narrow input, or the stream itself.
      let inner = layer.input == nil ? hidden : workspace.layerInput.start
      // What the bottlenecks read, and with a shared one the values as well.
      var wide = LinearInput(start: hidden, index: linear)
      if let input = layer.input {
        wide = operators.linearInput(hidden, width: model.hiddenSize, rows: tokens, &linear)
        narrow(wide, input, into: inner, rows: tokens, site: &site)
      }
      if let shared = layer.sharedInput {
        narrow(wide, shared, into: workspace.sharedInput.start, rows: tokens, site: &site)
      }
      attend(layer, inner, wide, batch, site: &site, linear: &linear)
      for (number, block) in layer.feedForwards.enumerated() {
        let isLast = number == layer.feedForwards.count - 1
        feedForward(
          block, inner, epsilon: isLast ? Self.standardEpsilon : model.layerNormEpsilon,
          rows: tokens, site: &site, linear: &linear)
      }
      if let output = layer.output {
        // [T, I] · [H, I]ᵀ → [T, H]
        let input = operators.linearInput(
          inner, width: output.dense.inputs, rows: tokens, &linear)
        operators.project(input, output.dense, into: workspace.projected.start, rows: tokens)
        norm(
          hidden, adding: workspace.projected.start, inputBias: output.dense.bias, output.norm,
          epsilon: model.layerNormEpsilon, site: &site, rows: tokens)
      }
    }
  }

  /// hidden [T, H] = word, or what is made of it and its neighbours, + position + token type.
  private func embed(_ batch: RaggedBatch, linear: inout Int) {
    let tokens = batch.tokens.count
    let hidden = workspace.hidden.start
    if let transformation = weights.transformation {
      gather(batch, into: workspace.embedded.start)
      // [T, 3E] · [H, 3E]ᵀ → [T, H]
      let input = operators.linearInput(
        workspace.embedded.start, width: transformation.inputs, rows: tokens, &linear)
      operators.projectWithBias(input, transformation, into: hidden, rows: tokens)
    } else {
      gather(batch, into: hidden)
    }
    let width = model.hiddenSize
    for sequence in batch.sequences {
      for row in sequence {
        let type = weights.types.start + (batch.types.isEmpty ? 0 : Int(batch.types[row])) * width
        let position = weights.positions.start + (row - sequence.lowerBound) * width
        let state = hidden + row * width
        for column in 0..<width {
          state[column] = (state[column] + position[column]) + type[column]
        }
      }
    }
  }

  /// Each token's word embedding [T, E]; with trigrams that of the next token, its own and that of
  /// the one before [T, 3E], zero beyond a sequence's ends.
  private func gather(_ batch: RaggedBatch, into result: UnsafeMutablePointer<Float>) {
    let width = model.embeddingSize
    let neighbours = bottlenecks.usesTrigrams ? [1, 0, -1] : [0]
    var end = result
    for sequence in batch.sequences {
      for row in sequence {
        for offset in neighbours {
          if sequence.contains(row + offset) {
            let word = weights.words.start + Int(batch.tokens[row + offset]) * width
            end.update(from: word, count: width)
          } else {
            end.update(repeating: 0, count: width)
          }
          end += width
        }
      }
    }
  }

  /// result [T, I] = norm(hidden · Wᵀ + b).
  private func narrow(
    _ hidden: LinearInput, _ bottleneck: MobileWeights.Bottleneck,
    into result: UnsafeMutablePointer<Float>, rows: Int,
    site: inout Int
  ) {
    operators.project(hidden, bottleneck.dense, into: result, rows: rows)
    norm(
      result, inputBias: bottleneck.dense.bias, bottleneck.norm, epsilon: model.layerNormEpsilon,
      site: &site, rows: rows)
  }

  /// inner [T, I] = norm(inner + attention · Wᵀ + b).
  private func attend(
    _ layer: MobileWeights.Layer, _ inner: UnsafeMutablePointer<Float>, _ hidden: LinearInput,
    _ batch: RaggedBatch, site: inout Int, linear: inout Int
  ) {
    let tokens = batch.tokens.count
    let width = model.innerSize
    // [T, 3I], or [T, 2I] and behind it the values [T, I], made from the wide stream.
    let queryKey = workspace.queryKeyValue.start
    let packed = layer.queryKey.outputs
    let source = layer.sharedInput == nil ? inner : workspace.sharedInput.start
    let input = operators.linearInput(source, width: width, rows: tokens, &linear)
    operators.projectWithBias(input, layer.queryKey, into: queryKey, rows: tokens)
    var values = Matrix(start: queryKey + 2 * width, stride: packed)
    if let value = layer.value {
      let start = queryKey + tokens * packed
      operators.projectWithBias(hidden, value, into: start, rows: tokens)
      values = Matrix(start: start, stride: width)
    }
    for sequence in batch.sequences {
      let first = sequence.lowerBound
      operators.attend(
        .init(
          query: Matrix(start: queryKey + first * packed, stride: packed),
          key: Matrix(start: queryKey + first * packed + width, stride: packed),
          value: Matrix(start: values.start + first * values.stride, stride: values.stride)),
        into: MutableMatrix(start: workspace.context.start + first * width, stride: width),
        length: sequence.count, heads: model.heads, headSize: model.headSize, exp: site,
        reciprocal: site + 1)
    }
    site += 2
    // [T, I] · [I, I]ᵀ → [T, I]
    let context = operators.linearInput(
      workspace.context.start, width: width, rows: tokens, &linear)
    operators.project(
      context, layer.attentionOutput, into: workspace.projected.start, rows: tokens)
    norm(
      inner, adding: workspace.projected.start, inputBias: layer.attentionOutput.bias,
      layer.attentionNorm, epsilon: model.layerNormEpsilon, site: &site, rows: tokens)
  }

  /// inner [T, I] = norm(inner + activation(inner · Wᵀ + b) · W'ᵀ + b').
  private func feedForward(
    _ block: FeedForwardWeights, _ inner: UnsafeMutablePointer<Float>, epsilon: Float, rows: Int,
    site: inout Int, linear: inout Int
  ) {
    let intermediate = workspace.intermediate.start  // [T, F]
    let input = operators.linearInput(
      inner, width: block.intermediate.inputs, rows: rows, &linear)
    operators.project(input, block.intermediate, into: intermediate, rows: rows)
    operators.activate(
      intermediate, bias: block.intermediate.bias, model.hiddenActivation, site: &site, rows: rows)
    let activated = operators.linearInput(
      intermediate, width: block.output.inputs, rows: rows, &linear)
    operators.project(activated, block.output, into: workspace.projected.start, rows: rows)
    norm(
      inner, adding: workspace.projected.start, inputBias: block.output.bias, block.norm,
      epsilon: epsilon, site: &site, rows: rows)
  }

  /// LayerNorm with its site, or NoNorm, which has none.
  private func norm(
    _ values: UnsafeMutablePointer<Float>, adding addend: UnsafePointer<Float>? = nil,
    inputBias: WeightTensor? = nil, _ norm: NormLayer, epsilon: Float, site: inout Int, rows: Int
  ) {
    if bottlenecks.normalizes {
      operators.normalize(
        values, adding: addend, inputBias: inputBias, norm, epsilon: epsilon, site: &site,
        rows: rows)
    } else {
      operators.scaleColumns(values, adding: addend, inputBias: inputBias, norm, rows: rows)
    }
  }
}
