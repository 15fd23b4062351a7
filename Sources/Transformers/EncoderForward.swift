import Models

/// The forward pass of an encoder over one ragged batch: BERT, RoBERTa, DistilBERT, ALBERT, ELECTRA.
///
/// T = tokens of the batch, L = tokens of one sequence, E = embedding size, H = hidden size,
/// D = head size, F = intermediate size. Every matrix is row-major.
struct EncoderForward {
  let model: ModelDescription
  let weights: EncoderWeights
  let operators: ForwardOperators

  private var workspace: Workspace { operators.workspace }

  /// Leaves the last hidden states in `workspace.hidden` [T, H]. The batch must fit the workspace.
  func run(_ batch: RaggedBatch) {
    let tokens = batch.tokens.count
    var site = 0
    var linear = 0
    // RoBERTa's positions start behind the padding's, DistilBERT has no types.
    let embedded = weights.embeddingProjection == nil ? workspace.hidden : workspace.embedded
    embed(batch, into: embedded.start)
    operators.normalize(
      embedded.start, weights.embeddingNorm, epsilon: model.layerNormEpsilon, site: &site,
      rows: tokens)
    // ALBERT and ELECTRA: [T, E] · [H, E]ᵀ → [T, H]
    if let projection = weights.embeddingProjection {
      let input = operators.linearInput(
        embedded.start, width: model.embeddingSize, rows: tokens, &linear)
      operators.projectWithBias(input, projection, into: workspace.hidden.start, rows: tokens)
    }
    for index in 0..<model.layers {
      // ALBERT's layers share their weights; every other family has one group a layer.
      let layer = weights.groups[model.group(ofLayer: index)]
      attend(layer, batch, site: &site, linear: &linear)
      feedForward(layer.feedForward, rows: tokens, site: &site, linear: &linear)
    }
  }

  /// hidden [T, E] = word + token type + position.
  private func embed(_ batch: RaggedBatch, into hidden: UnsafeMutablePointer<Float>) {
    let width = model.embeddingSize
    for sequence in batch.sequences {
      var position = model.positionOffset
      for row in sequence {
        let token = Int(batch.tokens[row])
        let word = weights.words.start + token * width
        let state = hidden + row * width
        // RoBERTa: a padding token in the text takes the row before the first and no place.
        let isPadding = model.positionOffset > 0 && token == model.positionOffset - 1
        let place = weights.positions.start + (isPadding ? token : position) * width
        if !isPadding { position += 1 }
        if let types = weights.types {
          let type = types.start + (batch.types.isEmpty ? 0 : Int(batch.types[row])) * width
          for column in 0..<width { state[column] = (word[column] + type[column]) + place[column] }
        } else {
          for column in 0..<width { state[column] = word[column] + place[column] }
        }
      }
    }
  }

  /// hidden = LayerNorm(hidden + attention(hidden) · Wᵀ + b).
  private func attend(
    _ layer: EncoderWeights.Layer, _ batch: RaggedBatch, site: inout Int, linear: inout Int
  ) {
    let tokens = batch.tokens.count
    let width = model.hiddenSize
    // [T, H] · [3H, H]ᵀ → [T, 3H]: each row is a token's query, key and value, head by head.
    let input = operators.linearInput(
      workspace.hidden.start, width: width, rows: tokens, &linear)
    operators.projectWithBias(
      input, layer.queryKeyValue, into: workspace.queryKeyValue.start, rows: tokens)
    for sequence in batch.sequences {
      let rows = workspace.queryKeyValue.start + sequence.lowerBound * 3 * width  // [L, 3H]
      operators.attend(
        .init(
          query: Matrix(start: rows, stride: 3 * width),
          key: Matrix(start: rows + width, stride: 3 * width),
          value: Matrix(start: rows + 2 * width, stride: 3 * width)),
        into: MutableMatrix(
          start: workspace.context.start + sequence.lowerBound * width, stride: width),
        length: sequence.count, heads: model.heads, headSize: model.headSize, exp: site,
        reciprocal: site + 1)
    }
    site += 2
    // [T, H] · [H, H]ᵀ → [T, H]
    let context = operators.linearInput(
      workspace.context.start, width: width, rows: tokens, &linear)
    operators.project(
      context, layer.attentionOutput, into: workspace.projected.start, rows: tokens)
    operators.normalize(
      workspace.hidden.start, adding: workspace.projected.start,
      inputBias: layer.attentionOutput.bias, layer.attentionNorm, epsilon: model.layerNormEpsilon,
      site: &site, rows: tokens)
  }

  /// hidden = LayerNorm(hidden + activation(hidden · Wᵀ + b) · W'ᵀ + b').
  private func feedForward(
    _ block: FeedForwardWeights, rows: Int, site: inout Int, linear: inout Int
  ) {
    // [T, H] · [F, H]ᵀ → [T, F]
    let input = operators.linearInput(
      workspace.hidden.start, width: block.intermediate.inputs, rows: rows, &linear)
    operators.project(
      input, block.intermediate, into: workspace.intermediate.start, rows: rows)
    operators.activate(
      workspace.intermediate.start, bias: block.intermediate.bias, model.hiddenActivation,
      site: &site, rows: rows)
    // [T, F] · [H, F]ᵀ → [T, H]
    let activated = operators.linearInput(
      workspace.intermediate.start, width: block.output.inputs, rows: rows, &linear)
    operators.project(activated, block.output, into: workspace.projected.start, rows: rows)
    operators.normalize(
      workspace.hidden.start, adding: workspace.projected.start, inputBias: block.output.bias,
      block.norm, epsilon: model.layerNormEpsilon, site: &site, rows: rows)
  }
}
