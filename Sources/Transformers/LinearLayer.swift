/// y = x · weightᵀ + bias.
struct LinearLayer: Sendable {
  var weight: WeightTensor  // [outputs, inputs]
  var bias: WeightTensor  // [outputs]
  var inputs: Int
  var outputs: Int

  init(weight: WeightTensor, bias: WeightTensor) {
    self.weight = weight
    self.bias = bias
    outputs = bias.count
    inputs = weight.count / bias.count
  }

  /// The outputs of several layers with the same inputs, one after another.
  init(joining parts: [LinearLayer]) {
    self.init(
      weight: WeightTensor(joining: parts.map(\.weight)),
      bias: WeightTensor(joining: parts.map(\.bias)))
  }
}

/// A weight and a bias per column, after LayerNorm's statistics or, as MobileBERT's NoNorm, alone.
struct NormLayer: Sendable {
  var weight: WeightTensor  // [width]
  var bias: WeightTensor  // [width]

  var width: Int { weight.count }
}
