import CKernels

/// An fp32 table as the C kernel reads it.
struct FloatKernel: Sendable {
  private let tree: SearchTree<Float>
  private let scaling: table_scaling
  private let low: OutsideRule<Float>
  private let high: OutsideRule<Float>
  private let floor: Float

  init(_ numbers: FloatEntries, of table: LookupTable) {
    tree = SearchTree(
      breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: numbers.intercepts,
      largest: .infinity)
    scaling = table.kernelScaling
    low = OutsideRule(
      table.left, bound: table.lowerBound, infinity: -.infinity, zero: 0, constant: { $0 })
    high = OutsideRule(
      table.right, bound: table.upperBound, infinity: .infinity, zero: 0, constant: { $0 })
    floor = table.isNonNegative ? 0 : -.infinity
  }

  func apply(_ values: UnsafeMutableBufferPointer<Float>, path: table_path) {
    tree.nodes.withUnsafeBufferPointer { nodes in
      tree.slopes.withUnsafeBufferPointer { slopes in
        tree.intercepts.withUnsafeBufferPointer { intercepts in
          var table = table_fp32(
            levels: Int32(tree.levels), scaling: scaling, nodes: nodes.baseAddress,
            slopes: slopes.baseAddress, intercepts: intercepts.baseAddress, clamp_low: low.clamp,
            clamp_high: high.clamp, threshold_low: low.threshold, threshold_high: high.threshold,
            constant_low: low.constant, constant_high: high.constant, floor: floor)
          table_apply_fp32(&table, values.baseAddress, values.count, path)
        }
      }
    }
  }
}

/// A tail as numbers that need no branch: what does not apply is infinite.
struct OutsideRule<Number: Sendable>: Sendable {
  let clamp: Number
  let threshold: Number
  let constant: Number

  init(
    _ tail: Tail, bound: Number, infinity: Number, zero: Number, constant: (Float) -> Number
  ) {
    switch tail {
    case .clamp: (clamp, threshold, self.constant) = (bound, infinity, zero)
    case .line: (clamp, threshold, self.constant) = (infinity, infinity, zero)
    case .constant(let value):
      (clamp, threshold, self.constant) = (infinity, bound, constant(value))
    }
  }
}
