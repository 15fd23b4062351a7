import CKernels

/// y = x · weightᵀ + bias.
struct LinearLayer: Sendable {
  var weight: WeightTensor  // [outputs, inputs]
  var bias: WeightTensor  // [outputs]
  /// In an int8 layer, whose weights are whole numbers of −127 to 127: the step of each output's.
  private(set) var scales: WeightTensor?  // [outputs]
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
    let scales = parts.compactMap(\.scales)
    if scales.count == parts.count { self.scales = WeightTensor(joining: scales) }
  }

  /// The same layer with int8 weights, symmetric for each output.
  var quantized: LinearLayer {
    let steps = Int8Scales.weights(weight, outputs: outputs)
    let integers = FloatBuffer(count: weight.count)
    for (output, step) in steps.enumerated() {
      let row = output * inputs
      format_quantize(weight.start + row, integers.start + row, inputs, step)
    }
    var layer = self
    layer.weight = WeightTensor(integers)
    layer.scales = WeightTensor(FloatBuffer(copying: steps))
    return layer
  }
}

/// A weight and a bias per column, after LayerNorm's statistics or, as MobileBERT's NoNorm, alone.
struct NormLayer: Sendable {
  var weight: WeightTensor  // [width]
  var bias: WeightTensor  // [width]

  var width: Int { weight.count }
}
