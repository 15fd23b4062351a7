import Models

/// The weights of what follows the encoder.
///
/// H = hidden size, R = outputs of the first layer: H, or what words are scored from.
struct HeadWeights: Sendable {
  /// The first of two layers; nil where a head has but one.
  var dense: LinearLayer?  // [R, H]
  var norm: NormLayer?  // [R]
  var output: LinearLayer  // [labels, 2 or vocabulary; R]

  /// Nil for a model without a head.
  ///
  /// - Parameter words: the word embedding, with which a language model's last layer may be tied.
  /// - Throws: ``TransformersError`` naming the tensor.
  init?(_ tensors: LoadedTensors, model: ModelDescription, words: WeightTensor) throws {
    switch model.head {
    case .none: return nil
    case .tokenClassification, .questionAnswering:
      output = try tensors.linear("head.output")
    case .sequenceClassification, .regression:
      dense = model.classifier == .plain ? nil : try tensors.linear("head.dense")
      output = try tensors.linear("head.output")
    case .maskedLanguageModel:
      dense = try tensors.linear("head.dense")
      norm = try tensors.norm("head.LayerNorm")
      var weight = model.tiesWordEmbeddings ? words : try tensors.tensor("head.output.weight")
      if weight.count < model.vocabularySize * model.predictionSize {
        weight = WeightTensor(
          joiningColumnsOf: weight, and: try tensors.tensor("head.output.rest"),
          rows: model.vocabularySize)
      }
      output = LinearLayer(weight: weight, bias: try tensors.tensor("head.output.bias"))
    }
  }
}
