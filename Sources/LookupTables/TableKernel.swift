import CKernels

/// A table prepared for speed: the same bits as the table's own ``LookupTable/callAsFunction(_:)``
/// on every processor.
public struct TableKernel: Sendable {
  private enum Prepared: Sendable {
    case float(FloatKernel)
    case integer(IntegerKernel)
  }

  private let prepared: Prepared

  public init(_ table: LookupTable) {
    switch table.arithmetic {
    case .fp32(let numbers): prepared = .float(FloatKernel(numbers, of: table))
    case .fp16(let numbers): prepared = .float(FloatKernel(numbers, of: table))
    case .integer(let numbers): prepared = .integer(IntegerKernel(numbers, of: table))
    }
  }

  /// Replaces each value by the table's result for it.
  public func apply(_ values: UnsafeMutableBufferPointer<Float>) {
    apply(values, path: TABLE_PATH_FASTEST)
  }

  /// The same with a given version of the kernel.
  func apply(_ values: UnsafeMutableBufferPointer<Float>, path: table_path) {
    switch prepared {
    case .float(let kernel): kernel.apply(values, path: path)
    case .integer(let kernel): kernel.apply(values, path: path)
    }
  }
}

/// The numbers of a table in the layout of the C kernels: breakpoints as a complete binary tree,
/// slopes and intercepts padded with the last entry.
struct SearchTree<Number: Comparable & Sendable>: Sendable {
  let levels: Int
  let nodes: [Number]
  let slopes: [Number]
  let intercepts: [Number]

  /// - Parameter largest: At or above every breakpoint; inputs that reach it meet the padding,
  ///   which repeats the last entry.
  init(breakpoints: [Number], slopes: [Number], intercepts: [Number], largest: Number) {
    var levels = 3
    while 1 << levels < slopes.count { levels += 1 }
    let size = 1 << levels
    func padded(_ numbers: [Number], with filler: Number, to count: Int) -> [Number] {
      numbers + Array(repeating: filler, count: count - numbers.count)
    }
    let sorted = padded(breakpoints, with: largest, to: size - 1)
    var nodes = Array(repeating: largest, count: size + 8)
    for level in 0..<levels {
      let stride = size >> level
      for position in 0..<(1 << level) {
        nodes[(1 << level) + position] = sorted[position * stride + stride / 2 - 1]
      }
    }
    self.levels = levels
    self.nodes = nodes
    self.slopes = padded(slopes, with: slopes[slopes.count - 1], to: size)
    self.intercepts = padded(intercepts, with: intercepts[intercepts.count - 1], to: size)
  }
}

extension LookupTable {
  var kernelScaling: table_scaling {
    switch (scaling, scaledFunction) {
    case (.none, _): TABLE_SCALING_NONE
    case (.paper, _): TABLE_SCALING_PAPER_RSQRT
    case (.exponent, .reciprocal): TABLE_SCALING_EXPONENT_RECIPROCAL
    case (.exponent, _): TABLE_SCALING_EXPONENT_RSQRT
    }
  }
}
