import CKernels

/// An fp32 or fp16 table as the C kernels read it: fp16 numbers as float32, which holds them
/// exactly.
struct FloatKernel: Sendable {
  private let tree: SearchTree<Float>
  private let isHalf: Bool
  private let scaling: table_scaling
  private let low: OutsideRule<Float>
  private let high: OutsideRule<Float>
  private let floor: Float

  init(_ numbers: FloatEntries, of table: LookupTable) {
    self.init(
      SearchTree(
        breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: numbers.intercepts,
        largest: .infinity),
      of: table, isHalf: false, stored: { $0 })
  }

  init(_ numbers: HalfEntries, of table: LookupTable) {
    self.init(
      SearchTree(
        breakpoints: numbers.breakpoints.map(Float.init), slopes: numbers.slopes.map(Float.init),
        intercepts: numbers.intercepts.map(Float.init), largest: .infinity),
      of: table, isHalf: true, stored: { Float(HalfEntries.quantized($0)) })
  }

  /// - Parameter stored: The number that stands for a bound or a constant in the format.
  private init(
    _ tree: SearchTree<Float>, of table: LookupTable, isHalf: Bool, stored: (Float) -> Float
  ) {
    self.tree = tree
    self.isHalf = isHalf
    scaling = table.kernelScaling
    low = OutsideRule(
      table.left, bound: stored(table.lowerBound), infinity: -.infinity, zero: 0, constant: stored)
    high = OutsideRule(
      table.right, bound: stored(table.upperBound), infinity: .infinity, zero: 0, constant: stored)
    floor = table.isNonNegative ? 0 : -.infinity
  }

  func apply(_ values: UnsafeMutableBufferPointer<Float>, path: table_path) {
    tree.nodes.withUnsafeBufferPointer { nodes in
      tree.slopes.withUnsafeBufferPointer { slopes in
        tree.intercepts.withUnsafeBufferPointer { intercepts in
          var table = table_float(
            levels: Int32(tree.levels), scaling: scaling, nodes: nodes.baseAddress,
            slopes: slopes.baseAddress, intercepts: intercepts.baseAddress, clamp_low: low.clamp,
            clamp_high: high.clamp, threshold_low: low.threshold, threshold_high: high.threshold,
            constant_low: low.constant, constant_high: high.constant, floor: floor)
          if isHalf {
            table_apply_fp16(&table, values.baseAddress, values.count, path)
          } else {
            table_apply_fp32(&table, values.baseAddress, values.count, path)
          }
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
