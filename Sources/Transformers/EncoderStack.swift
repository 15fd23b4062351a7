import Models

/// The weights of an encoder of any family.
enum EncoderStack: Sendable {
  case standard(EncoderWeights)
  case mobile(MobileWeights, Bottlenecks)

  /// - Throws: ``TransformersError`` naming the tensor.
  init(_ tensors: LoadedTensors, model: ModelDescription) throws {
    if let bottlenecks = model.bottlenecks {
      self = .mobile(
        try MobileWeights(tensors, model: model, bottlenecks: bottlenecks), bottlenecks)
    } else {
      self = .standard(try EncoderWeights(tensors, model: model))
    }
  }

  /// The word embedding [V, E].
  var words: WeightTensor {
    switch self {
    case .standard(let weights): weights.words
    case .mobile(let weights, _): weights.words
    }
  }

  /// Leaves the last hidden states in the workspace's `hidden` [T, H]. The batch must fit it.
  func run(_ batch: RaggedBatch, model: ModelDescription, operators: ForwardOperators) {
    switch self {
    case .standard(let weights):
      EncoderForward(model: model, weights: weights, operators: operators).run(batch)
    case .mobile(let weights, let bottlenecks):
      MobileForward(model: model, bottlenecks: bottlenecks, weights: weights, operators: operators)
        .run(batch)
    }
  }
}
