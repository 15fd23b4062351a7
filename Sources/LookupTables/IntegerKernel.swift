import CKernels

/// An integer table as the C kernel reads it.
struct IntegerKernel: Sendable {
  private let numbers: IntegerEntries
  private let tree: SearchTree<Int32>
  private let scaling: table_scaling
  private let low: OutsideRule<Int32>
  private let high: OutsideRule<Int32>
  private let floor: Int32
  /// The reciprocal of the input step where it is exact, else 0.
  private let inputFactor: Float

  init(_ numbers: IntegerEntries, of table: LookupTable) {
    self.numbers = numbers
    tree = SearchTree(
      breakpoints: numbers.breakpoints, slopes: numbers.slopes, intercepts: numbers.intercepts,
      largest: .max)
    scaling = table.kernelScaling
    low = OutsideRule(
      table.left, bound: numbers.quantizedInput(table.lowerBound), infinity: .min, zero: 0,
      constant: numbers.quantizedOutput)
    high = OutsideRule(
      table.right, bound: numbers.quantizedInput(table.upperBound), infinity: .max, zero: 0,
      constant: numbers.quantizedOutput)
    floor = table.isNonNegative ? 0 : .min
    inputFactor = numbers.inputFractionBits == nil ? 0 : 1 / numbers.input.step
  }

  func apply(_ values: UnsafeMutableBufferPointer<Float>, path: table_path) {
    tree.nodes.withUnsafeBufferPointer { nodes in
      tree.slopes.withUnsafeBufferPointer { slopes in
        tree.intercepts.withUnsafeBufferPointer { intercepts in
          var table = table_integer(
            levels: Int32(tree.levels), scaling: scaling, nodes: nodes.baseAddress,
            slopes: slopes.baseAddress, intercepts: intercepts.baseAddress, clamp_low: low.clamp,
            clamp_high: high.clamp, threshold_low: low.threshold, threshold_high: high.threshold,
            constant_low: low.constant, constant_high: high.constant, floor: floor,
            smallest: numbers.format.integers.lowerBound,
            largest: numbers.format.integers.upperBound,
            intercept_shift: Int32(numbers.interceptShift),
            result_shift: Int32(numbers.resultShift),
            input_step: numbers.input.step, input_factor: inputFactor,
            output_step: numbers.output.step)
          table_apply_integer(&table, values.baseAddress, values.count, path)
        }
      }
    }
  }
}
