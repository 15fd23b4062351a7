import Models

/// An encoder's weights, of every family but MobileBERT.
///
/// E = embedding size, H = hidden size, F = intermediate size, V = vocabulary, P = positions,
/// Y = token types.
struct EncoderWeights: Sendable {
  struct Layer: Sendable {
    var queryKeyValue: LinearLayer  // [3H, H]: query, key and value rows packed
    var attentionOutput: LinearLayer  // [H, H]
    var attentionNorm: NormLayer
    var feedForward: FeedForwardWeights
  }

  var words: WeightTensor  // [V, E]
  var positions: WeightTensor  // [P, E]
  var types: WeightTensor?  // [Y, E]; nil in a family without token types
  var embeddingNorm: NormLayer
  var embeddingProjection: LinearLayer?  // [H, E]
  /// One for each group of layers with the same weights.
  var groups: [Layer]

  /// - Throws: ``TransformersError`` naming the tensor.
  init(_ tensors: LoadedTensors, model: ModelDescription) throws {
    words = try tensors.tensor("embeddings.word_embeddings.weight")
    positions = try tensors.tensor("embeddings.position_embeddings.weight")
    types =
      model.typeVocabularySize > 0
      ? try tensors.tensor("embeddings.token_type_embeddings.weight") : nil
    embeddingNorm = try tensors.norm("embeddings.LayerNorm")
    embeddingProjection =
      model.projectsEmbeddings ? try tensors.linear("embeddings_project") : nil
    groups = try (0..<model.layerGroups).map { group in
      let prefix = "encoder.layer.\(group)"
      let projections = try ["query", "key", "value"].map {
        try tensors.linear("\(prefix).attention.self.\($0)")
      }
      return Layer(
        queryKeyValue: LinearLayer(joining: projections),
        attentionOutput: try tensors.linear("\(prefix).attention.output.dense"),
        attentionNorm: try tensors.norm("\(prefix).attention.output.LayerNorm"),
        feedForward: try FeedForwardWeights(tensors, prefix))
    }
  }
}

/// The weights of one feed-forward block; H = width of what it adds to.
struct FeedForwardWeights: Sendable {
  var intermediate: LinearLayer  // [F, H]
  var output: LinearLayer  // [H, F]
  var norm: NormLayer

  init(_ tensors: LoadedTensors, _ prefix: String) throws {
    intermediate = try tensors.linear("\(prefix).intermediate.dense")
    output = try tensors.linear("\(prefix).output.dense")
    norm = try tensors.norm("\(prefix).output.LayerNorm")
  }
}
