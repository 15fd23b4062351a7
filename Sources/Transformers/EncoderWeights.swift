import Foundation
import Models
import Safetensors

/// A BERT encoder's weights, validated against the model's description.
///
/// H = hidden size, F = intermediate size, V = vocabulary, P = positions, Y = token types.
struct EncoderWeights: Sendable {
  /// y = x · weightᵀ + bias.
  struct Linear: Sendable {
    var weight: WeightTensor  // [outputs, inputs]
    var bias: WeightTensor  // [outputs]
  }

  struct LayerNorm: Sendable {
    var weight: WeightTensor  // [H]
    var bias: WeightTensor  // [H]
  }

  struct Layer: Sendable {
    var queryKeyValue: Linear  // [3H, H]: query, key and value rows packed
    var attentionOutput: Linear  // [H, H]
    var attentionNorm: LayerNorm
    var intermediate: Linear  // [F, H]
    var output: Linear  // [H, F]
    var outputNorm: LayerNorm
  }

  var words: WeightTensor  // [V, H]
  var positions: WeightTensor  // [P, H]
  var types: WeightTensor  // [Y, H]
  var embeddingNorm: LayerNorm
  var layers: [Layer]

  /// Maps `url` and checks that it holds every tensor `model` expects, with or without the prefix
  /// `bert.`, in its shape and finite.
  ///
  /// - Throws: ``TransformersError`` or `SafetensorsError`, naming file and tensor.
  init(contentsOf url: URL, model: ModelDescription) throws {
    let file = try SafetensorsFile(contentsOf: url)
    let names = Set(file.tensorNames)
    var tensors: [String: WeightTensor] = [:]
    for expected in model.expectedTensors {
      let candidates = [expected.name, "bert." + expected.name]
      guard let name = candidates.first(where: names.contains) else {
        throw TransformersError.missingTensor(file: url.path, tensor: expected.name)
      }
      let view = try file.tensor(name)
      guard view.shape == expected.shape else {
        throw TransformersError.wrongShape(
          file: url.path, tensor: name, found: view.shape, expected: expected.shape)
      }
      guard [.f32, .f16, .bf16].contains(view.dtype) else {
        throw TransformersError.wrongType(
          file: url.path, tensor: name, found: view.dtype.rawValue)
      }
      let tensor = try WeightTensor(view)
      guard tensor.isFinite else {
        throw TransformersError.notFinite(file: url.path, tensor: name)
      }
      tensors[expected.name] = tensor
    }

    func tensor(_ name: String) throws -> WeightTensor {
      guard let tensor = tensors[name] else {
        throw TransformersError.missingTensor(file: url.path, tensor: name)
      }
      return tensor
    }
    func linear(_ name: String) throws -> Linear {
      Linear(weight: try tensor("\(name).weight"), bias: try tensor("\(name).bias"))
    }
    func layerNorm(_ name: String) throws -> LayerNorm {
      LayerNorm(weight: try tensor("\(name).weight"), bias: try tensor("\(name).bias"))
    }

    words = try tensor("embeddings.word_embeddings.weight")
    positions = try tensor("embeddings.position_embeddings.weight")
    types = try tensor("embeddings.token_type_embeddings.weight")
    embeddingNorm = try layerNorm("embeddings.LayerNorm")
    layers = try (0..<model.layers).map { layer in
      let prefix = "encoder.layer.\(layer)"
      let projections = try ["query", "key", "value"].map {
        try linear("\(prefix).attention.self.\($0)")
      }
      return Layer(
        queryKeyValue: Linear(
          weight: WeightTensor(joining: projections.map(\.weight)),
          bias: WeightTensor(joining: projections.map(\.bias))),
        attentionOutput: try linear("\(prefix).attention.output.dense"),
        attentionNorm: try layerNorm("\(prefix).attention.output.LayerNorm"),
        intermediate: try linear("\(prefix).intermediate.dense"),
        output: try linear("\(prefix).output.dense"),
        outputNorm: try layerNorm("\(prefix).output.LayerNorm"))
    }
  }
}
