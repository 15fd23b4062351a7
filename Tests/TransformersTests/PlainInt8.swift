import CKernels
import Foundation
import Models
import Safetensors

/// A BERT whose linear layers are int8, with plain loops over integers, for sequences of one token:
/// their attention is the value itself, so that nothing depends on the order of a sum of floats.
struct PlainInt8 {
  let model: ModelDescription
  let tensors: [String: [Float]]
  let ranges: [String: ClosedRange<Float>]

  init(directory: URL, model: ModelDescription, ranges: [String: ClosedRange<Float>]) throws {
    let file = try SafetensorsFile(contentsOf: directory.appending(path: "model.safetensors"))
    var tensors: [String: [Float]] = [:]
    for name in file.tensorNames { tensors[name] = try file.tensor(name).floats() }
    self.model = model
    self.tensors = tensors
    self.ranges = ranges
  }

  /// x / step to the nearest whole number, ties to even, −127 to 127; NaN counts as 0.
  static func integer(_ x: Float, step: Float) -> Float {
    guard step > 0, !x.isNaN else { return 0 }
    return min(127, max(-127, (x / step).rounded(.toNearestOrEven)))
  }

  /// One row of outputs: weights [outputs, inputs].
  static func linear(
    _ x: [Float], inputStep: Float, _ weights: [Float], _ bias: [Float]
  ) -> [Float] {
    let integers = x.map { Int32(integer($0, step: inputStep)) }
    return bias.indices.map { output in
      let row = weights[(output * x.count)..<((output + 1) * x.count)]
      let step = row.reduce(0) { max($0, $1.magnitude) } / 127
      var sum: Int32 = 0
      for (q, weight) in zip(integers, row) { sum += q * Int32(integer(weight, step: step)) }
      return Float(sum) * (inputStep * step) + bias[output]
    }
  }

  /// The last hidden state of a token that stands alone.
  func hiddenState(_ token: Int32) throws -> [Float] {
    let width = model.hiddenSize
    let words = try tensor("embeddings.word_embeddings.weight")
    let positions = try tensor("embeddings.position_embeddings.weight")
    let types = try tensor("embeddings.token_type_embeddings.weight")
    var hidden = (0..<width).map { (words[Int(token) * width + $0] + types[$0]) + positions[$0] }
    try normalize(&hidden, "embeddings.LayerNorm")
    for layer in 0..<model.layers {
      let prefix = "encoder.layer.\(layer)"
      let context = try linear(
        "\(prefix).attention.self.value", "\(prefix).attention.self.input", hidden)
      let attended = try linear("\(prefix).attention.output.dense", nil, context, biased: false)
      try normalize(
        &hidden, "\(prefix).attention.output.LayerNorm",
        adding: attended, bias: "\(prefix).attention.output.dense.bias")
      var inner = try linear("\(prefix).intermediate.dense", nil, hidden)
      exact_gelu(&inner, inner.count)
      let output = try linear("\(prefix).output.dense", nil, inner, biased: false)
      try normalize(
        &hidden, "\(prefix).output.LayerNorm", adding: output, bias: "\(prefix).output.dense.bias")
    }
    return hidden
  }

  private func linear(_ name: String, _ input: String?, _ x: [Float], biased: Bool = true) throws
    -> [Float]
  {
    let range = try found(ranges[input ?? "\(name).input"], name)
    let step = max(range.lowerBound.magnitude, range.upperBound.magnitude) / 127
    let bias = try tensor("\(name).bias")
    return Self.linear(
      x, inputStep: step, try tensor("\(name).weight"), biased ? bias : bias.map { _ in 0 })
  }

  private func normalize(
    _ hidden: inout [Float], _ name: String, adding addend: [Float]? = nil, bias: String? = nil
  ) throws {
    var variance: [Float] = [0]
    let zeros = [Float](repeating: 0, count: hidden.count)
    exact_center_rows(
      &hidden, 1, hidden.count, try bias.map(tensor) ?? zeros, addend ?? zeros,
      model.layerNormEpsilon, &variance)
    exact_affine_rows(
      &hidden, 1, hidden.count, [1 / variance[0].squareRoot()], try tensor("\(name).weight"),
      try tensor("\(name).bias"))
  }

  struct Missing: Error { var name: String }

  private func tensor(_ name: String) throws -> [Float] { try found(tensors[name], name) }

  private func found<Value>(_ value: Value?, _ name: String) throws -> Value {
    guard let value else { throw Missing(name: name) }
    return value
  }
}
