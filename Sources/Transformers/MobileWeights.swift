import Models

/// A MobileBERT's weights.
///
/// E = embedding size, H = hidden size, I = width inside a layer, F = intermediate size.
struct MobileWeights: Sendable {
  /// A linear layer and the norm after it.
  struct Bottleneck: Sendable {
    var dense: LinearLayer
    var norm: NormLayer

    init(_ tensors: LoadedTensors, _ name: String) throws {
      dense = try tensors.linear("\(name).dense")
      norm = try tensors.norm("\(name).LayerNorm")
    }
  }

  struct Layer: Sendable {
    var input: Bottleneck?  // [I, H]
    var sharedInput: Bottleneck?  // [I, H]: what queries and keys are made from
    /// Query, key and value rows packed [3I, I]; with a shared input query and key alone [2I, I].
    var queryKey: LinearLayer
    var value: LinearLayer?  // [I, H]; nil where it is packed
    var attentionOutput: LinearLayer  // [I, I]
    var attentionNorm: NormLayer
    /// The stacked blocks; the last one is the layer's own.
    var feedForwards: [FeedForwardWeights]
    var output: Bottleneck?  // [H, I]
  }

  var words: WeightTensor  // [V, E]
  var transformation: LinearLayer?  // [H, 3E], without trigrams [H, E]
  var positions: WeightTensor  // [P, H]
  var types: WeightTensor  // [Y, H]
  var embeddingNorm: NormLayer
  var layers: [Layer]

  /// - Throws: ``TransformersError`` naming the tensor.
  init(_ tensors: LoadedTensors, model: ModelDescription, bottlenecks: Bottlenecks) throws {
    words = try tensors.tensor("embeddings.word_embeddings.weight")
    transformation =
      model.transformsEmbeddings
      ? try tensors.linear("embeddings.embedding_transformation") : nil
    positions = try tensors.tensor("embeddings.position_embeddings.weight")
    types = try tensors.tensor("embeddings.token_type_embeddings.weight")
    embeddingNorm = try tensors.norm("embeddings.LayerNorm")
    let isNarrow = bottlenecks.width != nil
    let isShared = bottlenecks.attentionInput == .sharedBottleneck
    layers = try (0..<model.layers).map { layer in
      let prefix = "encoder.layer.\(layer)"
      let projections = try ["query", "key", "value"].map {
        try tensors.linear("\(prefix).attention.self.\($0)")
      }
      let blocks = (0..<(bottlenecks.feedForwards - 1)).map { "\(prefix).ffn.\($0)" } + [prefix]
      return Layer(
        input: isNarrow ? try Bottleneck(tensors, "\(prefix).bottleneck.input") : nil,
        sharedInput: isShared ? try Bottleneck(tensors, "\(prefix).bottleneck.attention") : nil,
        queryKey: LinearLayer(joining: isShared ? Array(projections.prefix(2)) : projections),
        value: isShared ? projections.last : nil,
        attentionOutput: try tensors.linear("\(prefix).attention.output.dense"),
        attentionNorm: try tensors.norm("\(prefix).attention.output.LayerNorm"),
        feedForwards: try blocks.map { try FeedForwardWeights(tensors, $0) },
        output: isNarrow ? try Bottleneck(tensors, "\(prefix).output.bottleneck") : nil)
    }
  }
}
