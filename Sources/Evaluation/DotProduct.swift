/// Dot products in a fixed order of sums: eight lanes run along the columns, then the lanes are added
/// pairwise, then the columns that are left, one by one.
enum DotProduct {
  /// - Parameters:
  ///   - left: `columns` float32 or more.
  ///   - right: as many.
  @inline(__always)
  static func of(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, columns: Int
  ) -> Float {
    typealias Lanes = SIMD8<Float>
    let step = MemoryLayout<Lanes>.size
    var first = Lanes.zero
    var second = Lanes.zero
    var offset = 0
    while offset + 2 * step <= columns * 4 {
      first +=
        left.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
        * right.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
      second +=
        left.loadUnaligned(fromByteOffset: offset + step, as: Lanes.self)
        * right.loadUnaligned(fromByteOffset: offset + step, as: Lanes.self)
      offset += 2 * step
    }
    let lanes = first + second
    let halves = lanes.lowHalf + lanes.highHalf
    let quarters = halves.lowHalf + halves.highHalf
    var sum = quarters.x + quarters.y
    while offset < columns * 4 {
      sum +=
        left.loadUnaligned(fromByteOffset: offset, as: Float.self)
        * right.loadUnaligned(fromByteOffset: offset, as: Float.self)
      offset += 4
    }
    return sum
  }

  /// - Parameter right: as long as `left`.
  static func of(_ left: [Float], _ right: [Float]) -> Float {
    let columns = min(left.count, right.count)
    return left.withUnsafeBytes { left in
      right.withUnsafeBytes { of(left, $0, columns: columns) }
    }
  }
}
