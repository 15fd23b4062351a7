/// A tensor that a model's weights must hold.
public struct ExpectedTensor: Hashable, Sendable {
  /// Without the family's prefix (`bert.`), for example
  /// `encoder.layer.0.attention.self.query.weight`.
  public let name: String
  /// Row-major; a linear layer's weight is `[outputs, inputs]`.
  public let shape: [Int]

  public init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

extension ModelDescription {
  /// Every tensor the encoder reads, in execution order. Files may hold more (poolers, heads).
  public var expectedTensors: [ExpectedTensor] {
    var tensors = [
      ExpectedTensor(
        name: "embeddings.word_embeddings.weight", shape: [vocabularySize, hiddenSize]),
      ExpectedTensor(
        name: "embeddings.position_embeddings.weight", shape: [maximumPositions, hiddenSize]),
      ExpectedTensor(
        name: "embeddings.token_type_embeddings.weight", shape: [typeVocabularySize, hiddenSize]),
    ]
    tensors += layerNorm("embeddings.LayerNorm")
    for layer in 0..<layers {
      let prefix = "encoder.layer.\(layer)"
      for projection in ["query", "key", "value"] {
        tensors += linear("\(prefix).attention.self.\(projection)", hiddenSize, hiddenSize)
      }
      tensors += linear("\(prefix).attention.output.dense", hiddenSize, hiddenSize)
      tensors += layerNorm("\(prefix).attention.output.LayerNorm")
      tensors += linear("\(prefix).intermediate.dense", intermediateSize, hiddenSize)
      tensors += linear("\(prefix).output.dense", hiddenSize, intermediateSize)
      tensors += layerNorm("\(prefix).output.LayerNorm")
    }
    return tensors
  }

  private func linear(_ name: String, _ outputs: Int, _ inputs: Int) -> [ExpectedTensor] {
    [
      ExpectedTensor(name: "\(name).weight", shape: [outputs, inputs]),
      ExpectedTensor(name: "\(name).bias", shape: [outputs]),
    ]
  }

  private func layerNorm(_ name: String) -> [ExpectedTensor] {
    [
      ExpectedTensor(name: "\(name).weight", shape: [hiddenSize]),
      ExpectedTensor(name: "\(name).bias", shape: [hiddenSize]),
    ]
  }
}
