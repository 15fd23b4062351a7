import Models

/// The steps between neighbouring int8 numbers, symmetric around 0: −127 to 127, never −128.
enum Int8Scales {
  static let largest: Float = 127

  /// The activations' step for each of a model's linear inputs, from their ranges.
  ///
  /// - Parameter ranges: by the name in ``ModelDescription/linearInputs``; others are ignored. The
  ///   bound that lies farther from 0 becomes 127 steps; what lies beyond it counts as ±127.
  /// - Throws: ``TransformersError/missingRange(_:)`` or ``TransformersError/infiniteRange(_:)``
  static func activations(_ ranges: [String: ClosedRange<Float>], model: ModelDescription) throws
    -> [Float]
  {
    try model.linearInputs.map { name in
      guard let range = ranges[name] else { throw TransformersError.missingRange(name) }
      let bound = max(range.lowerBound.magnitude, range.upperBound.magnitude)
      guard bound.isFinite else { throw TransformersError.infiniteRange(name) }
      return bound / largest
    }
  }

  /// The step for each output of a weight [outputs, inputs]: its largest magnitude / 127.
  static func weights(_ weight: WeightTensor, outputs: Int) -> [Float] {
    let inputs = weight.count / outputs
    return (0..<outputs).map { output in
      var bound: Float = 0
      for value in UnsafeBufferPointer(start: weight.start + output * inputs, count: inputs)
      where value.magnitude > bound {
        bound = value.magnitude
      }
      return bound / largest
    }
  }
}
