import CKernels

extension ForwardOperators {
  /// Products of two int8 numbers that are summed in float32 at once: 127² · 1024 < 2²⁴, so that
  /// every partial sum is a whole number that float32 holds, in whatever order a matrix kernel adds.
  static let exactTerms = 1024

  /// result [rows, outputs] = (q(input) [rows, inputs] · weightᵀ) · steps, without the bias: the sums
  /// exact, then rounded once, the same bits with every kernel class.
  func projectIntegers(
    _ input: UnsafePointer<Float>, step inputStep: Float, _ linear: LinearLayer,
    steps: WeightTensor, into result: UnsafeMutablePointer<Float>, rows: Int
  ) {
    let (inputs, outputs) = (linear.inputs, linear.outputs)
    let parts = (inputs + Self.exactTerms - 1) / Self.exactTerms
    // A single part becomes the result in place.
    let tile = max(1, Workspace.integerTile / max(inputs, parts > 1 ? parts * outputs : 0))
    for first in stride(from: 0, to: rows, by: tile) {
      let count = min(tile, rows - first)
      let integers = workspace.integers.start  // [count, inputs]
      let end = result + first * outputs  // [count, outputs]
      let sums = parts > 1 ? workspace.partialSums.start : end  // [parts, count, outputs]
      format_quantize(input + first * inputs, integers, count * inputs, inputStep)
      for part in 0..<parts {
        let column = part * Self.exactTerms
        multiply(
          Matrix(start: integers + column, stride: inputs),
          transposed: Matrix(start: linear.weight.start + column, stride: inputs),
          into: MutableMatrix(start: sums + part * count * outputs, stride: outputs),
          rows: count, columns: outputs, inner: min(Self.exactTerms, inputs - column))
      }
      format_dequantize(sums, parts, end, count, outputs, inputStep, steps.start)
    }
  }
}
